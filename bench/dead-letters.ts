import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { startAzurite } from '../test/support/azurite.ts';
import {
  countPageRequests,
  fillLists,
  manyQueries,
} from '../test/support/dead-letters/many-letters.ts';
import { countTableRequests } from './counting-proxy.ts';
import type { Bench, Measurement } from './measurement.ts';

const count = 100_000;

/** Storage requests for a page of dead letters, the first one and deep in the list, when there are many. */
export const deadLetters: Bench = {
  name: 'dead-letters',
  run: async () => {
    const azurite = await startAzurite();
    const proxy = await countTableRequests(azurite.connection);
    const { connection, counts } = proxy;
    const takeRequests = (): number => {
      const taken = [...counts.values()].reduce((sum, each) => sum + each, 0);
      counts.clear();
      return taken;
    };
    try {
      const options = { allowInsecureConnection: true };
      const name = `many${randomUUID().replaceAll('-', '')}`;
      const table = TableClient.fromConnectionString(connection, name, options);
      await table.createTable();
      await fillLists(table, count);
      const measurements: Measurement[] = [];
      for (const { what, query, budget } of manyQueries(count)) {
        const { first, deep } = await countPageRequests(table, { query, count }, takeRequests);
        measurements.push({
          what: `storage requests for a page of ${count} dead letters: ${what}`,
          value: Math.max(first, deep),
          unit: 'requests',
          budget,
          kind: 'most',
          detail: `first pages ${first}, deep pages ${deep}`,
        });
      }
      return measurements;
    } finally {
      proxy.stop();
      await azurite.stop();
    }
  },
};
