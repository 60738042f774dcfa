import { describe, expect, it } from 'vitest';
import {
  bodyBytes,
  toPayload,
  toPayloads,
} from '../../../../../local/host/triggers/message-payload.ts';

describe('the body of a message', () => {
  it('stays as it is where it is bytes, and becomes bytes otherwise', () => {
    const bytes = Buffer.from([0, 255]);
    expect(bodyBytes(bytes)).toBe(bytes);
    const texts = ['text', { a: 1 }, 5, null, undefined].map((body) =>
      Buffer.from(bodyBytes(body)).toString(),
    );
    expect(texts).toEqual(['text', '{"a":1}', '5', '', '']);
  });

  it('is text for a function that does not ask for bytes', () => {
    const part = Buffer.from('xäx').subarray(1, 3);
    expect(toPayload(part, 'string')).toEqual({ string: 'ä' });
    expect(toPayload(part, 'binary')).toEqual({ bytes: part });
    expect(toPayloads([part, 'b'], 'string')).toEqual({ collectionString: { string: ['ä', 'b'] } });
  });
});
