import { TableClient } from '@azure/data-tables';
import { inject } from 'vitest';

/** One request as it went over the wire. */
interface SentRequest {
  /** The same when the client repeats the request because a loaded machine broke the line. */
  readonly id: string;
  readonly method: string;
  readonly url: string;
}

export interface TestTable {
  readonly table: TableClient;
  /** Every request since the list was last emptied. */
  readonly requests: SentRequest[];
  /** Loses the answers of the next so many requests: they take effect, the client sees a broken line. */
  readonly loseAnswers: (count: number) => void;
}

let tables = 0;

/** A new table on the shared Azurite. */
export async function openTestTable(name: string): Promise<TestTable> {
  tables += 1;
  const unique = `${name}${process.pid}x${Date.now()}x${tables}`;
  const requests: SentRequest[] = [];
  let toLose = 0;
  const table = TableClient.fromConnectionString(inject('storageConnection'), unique, {
    allowInsecureConnection: true,
    retryOptions: { retryDelayInMs: 1, maxRetryDelayInMs: 2 },
  });
  table.pipeline.addPolicy(
    {
      name: 'observe',
      sendRequest: async (request, next) => {
        requests.push({ id: request.requestId, method: request.method, url: request.url });
        const answer = await next(request);
        if (toLose === 0) return answer;
        toLose -= 1;
        throw Object.assign(new Error('the answer is lost'), {
          code: 'ECONNRESET',
          name: 'RestError',
        });
      },
    },
    { phase: 'Sign' },
  );
  await table.createTable();
  requests.length = 0;
  return { table, requests, loseAnswers: (count) => void (toLose = count) };
}
