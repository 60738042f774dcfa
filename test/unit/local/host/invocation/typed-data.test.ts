import { describe, expect, it } from 'vitest';
import { ofDateTime, ofDateTimeOffset } from '../../../../../local/host/invocation/clr-time.ts';
import { messageTraceParent } from '../../../../../local/host/invocation/trace-parent.ts';
import {
  newTraceParent,
  parseTraceParent,
} from '../../../../../local/host/invocation/trace-parent.ts';
import {
  metadataOf,
  ofJson,
  ofText,
  ofTexts,
} from '../../../../../local/host/invocation/typed-data.ts';

describe('values on their way to the app', () => {
  it('write what JSON lacks as the .NET serialiser does', () => {
    const value = { bytes: Buffer.from([0, 255]), long: 5n, at: new Date(0), none: null };
    expect(JSON.parse(ofJson(value).json ?? '')).toEqual({
      bytes: 'AP8=',
      long: 5,
      at: '1970-01-01T00:00:00.000Z',
      none: null,
    });
  });

  it('keep hostile names as mere names', () => {
    const hostile: unknown = JSON.parse('{"__proto__": {"polluted": true}}');
    expect(ofJson(hostile).json).toBe('{"__proto__":{"polluted":true}}');
  });

  it('send a missing text of a list as empty, and leave a missing entry out', () => {
    expect(ofTexts(['a', undefined])).toEqual({ collectionString: { string: ['a', ''] } });
    expect(metadataOf({ A: ofText('x'), B: undefined })).toEqual({ A: { string: 'x' } });
  });
});

describe('instants of .NET', () => {
  it.each([
    ['2026-11-21T03:04:05.120Z', '2026-11-21T03:04:05.12'],
    ['2026-11-21T03:04:05.000Z', '2026-11-21T03:04:05'],
    ['2026-11-21T03:04:00.000Z', '2026-11-21T03:04:00'],
  ])('%s carries no zone as a DateTime', (instant, expected) => {
    expect(ofDateTime(new Date(instant))).toBe(expected);
    expect(ofDateTimeOffset(new Date(instant))).toBe(`${expected}+00:00`);
  });
});

describe('a trace context', () => {
  const good = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

  it('is taken only if it is well formed', () => {
    expect(parseTraceParent(good)).toBe(good);
    expect(parseTraceParent(`${good}\n`)).toBeUndefined();
    expect(parseTraceParent(7)).toBeUndefined();
  });

  it('comes from the properties of a message', () => {
    expect(messageTraceParent({ 'Diagnostic-Id': 'x', traceparent: good })).toBe(good);
    expect(messageTraceParent(undefined)).toBeUndefined();
  });

  it('is made new from two ids', () => {
    const made = newTraceParent(() => '01234567-89ab-cdef-0123-456789abcdef');
    expect(made).toBe('00-0123456789abcdef0123456789abcdef-0123456789abcdef-00');
  });
});
