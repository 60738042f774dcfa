import { describe, expect, it } from 'vitest';
import { storageFailure } from '../../../../shared/kernel/storage-failure.ts';

describe('storageFailure', () => {
  it.each([undefined, 401, 403, 408, 429, 500, 503])(
    'takes %s for a store that may come back',
    (status) => {
      const cause = Object.assign(new Error('no'), { statusCode: status });
      expect(storageFailure(cause, 'read')).toMatchObject({
        code: 'storage.unavailable',
        kind: 'transient',
        cause,
        details: { request: 'read', status },
      });
    },
  );

  it.each([400, 404, 413])('takes %i for an answer that will not change', (status) => {
    expect(storageFailure({ statusCode: status }, 'read')).toMatchObject({
      code: 'storage.unexpected_answer',
      kind: 'permanent',
    });
  });

  it.each([null, 'text', { statusCode: '404' }])('takes %j for no answer at all', (cause) => {
    expect(storageFailure(cause, 'read')).toMatchObject({ code: 'storage.unavailable' });
  });
});
