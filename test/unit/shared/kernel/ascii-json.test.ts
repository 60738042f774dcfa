import { describe, expect, it } from 'vitest';
import { toAsciiJson } from '../../../../shared/kernel/ascii-json.ts';

describe('toAsciiJson', () => {
  it.each(['Größe', '東京 🚚', '\u007f\u2028\ud800', 'plain'])('keeps the value of %j', (value) => {
    const text = toAsciiJson(JSON.stringify({ [value]: value }));
    expect(text).toMatch(/^[ -~]+$/);
    expect(JSON.parse(text)).toEqual({ [value]: value });
  });
});
