import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startCountingProxy, type CountingProxy } from '../../../support/counting-proxy.ts';
import {
  countPageRequests,
  fillLists,
  manyQueries,
} from '../../../support/dead-letters/many-letters.ts';

/** The bench `dead-letters` does the same with ten times as many. */
const count = 10_000;
let table: TableClient;
let proxy: CountingProxy;

beforeAll(async () => {
  proxy = await startCountingProxy(inject('storageConnection'));
  const options = { allowInsecureConnection: true };
  const name = `many${randomUUID().replaceAll('-', '')}`;
  table = TableClient.fromConnectionString(proxy.connection, name, options);
  await table.createTable();
  await fillLists(table, count);
}, 240_000);

afterAll(async () => {
  await table.deleteTable();
  proxy.stop();
});

describe(`of ${count} dead letters, a page takes a bounded number of requests, first or deep`, () => {
  it.each(manyQueries(count))('$what', async ({ what, query, budget }) => {
    const asked = { query, count };
    const { first, deep, letters } = await countPageRequests(
      table,
      asked,
      () => proxy.take().length,
    );
    expect(Math.max(first, deep)).toBeLessThanOrEqual(budget);
    expect(Math.min(first, deep)).toBeGreaterThan(0);
    expect(letters > 0, 'pages have letters').toBe(!what.includes('there is not'));
  });
});
