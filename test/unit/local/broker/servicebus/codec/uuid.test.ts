import { describe, expect, it } from 'vitest';
import {
  lockTokenBytes,
  lockTokenOf,
  lockTokenTag,
  toLockToken,
} from '../../../../../../local/broker/servicebus/codec/lock-tokens.ts';
import { formatUuid, parseUuid } from '../../../../../../local/broker/servicebus/codec/uuid.ts';

const text = '00112233-4455-6677-8899-aabbccddeeff';

describe('A lock token', () => {
  it('is a uuid in management requests and a .NET GUID in delivery tags', () => {
    const token = toLockToken(text.toUpperCase());
    expect(token).toBe(text);
    expect(lockTokenBytes(token).toString('hex')).toBe('00112233445566778899aabbccddeeff');
    expect(lockTokenTag(token).toString('hex')).toBe('33221100554477668899aabbccddeeff');
    expect(lockTokenOf(lockTokenBytes(token))).toBe(token);
  });

  it('is read from canonical text alone', () => {
    expect(parseUuid(text)).toHaveLength(16);
    for (const other of ['', text.slice(1), `{${text}}`, text.replace('0', 'g')]) {
      expect(parseUuid(other)).toBeUndefined();
    }
    expect(formatUuid(parseUuid(text) ?? Buffer.alloc(0))).toBe(text);
  });
});
