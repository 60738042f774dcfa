import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import { layFoundation } from '../../../functions/compose/foundation.ts';
import { openInbox } from '../../../functions/compose/inbox.ts';
import { readConfig } from '../../../shared/config/read-config.ts';
import type { Inbox, InboxKey } from '../../../shared/ports/inbox.ts';

const silent = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };

async function openStrategy(strategy: string): Promise<Inbox> {
  const sample = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as {
    readonly Values: Record<string, string>;
  };
  const config = readConfig({
    ...sample.Values,
    AzureWebJobsStorage: inject('storageConnection'),
    bronze_container: `bronze-${randomUUID()}`,
    idempotency_strategy: strategy,
  });
  if (!config.ok) throw new Error(JSON.stringify(config.problem));
  const { inbox } = await openInbox(await layFoundation(config.value, silent));
  return inbox;
}

/** Delivers twice; answers what the second delivery met. */
async function deliverTwice(inbox: Inbox): Promise<string> {
  const id = randomUUID();
  const key: InboxKey = { consumer: 'test', source: '/s', id, entity: { id, version: 1 } };
  const first = await inbox.enter(key, 'v1:hash');
  if (first.kind !== 'acquired') throw new Error(first.kind);
  await inbox.complete(first.lease, 'reply');
  return (await inbox.enter(key, 'v1:hash')).kind;
}

describe('idempotency_strategy', () => {
  it.each(['table', 'memory', 'delta-lookup', 'optimistic'])(
    '%s repeats the reply to a copy',
    async (strategy) => {
      expect(await deliverTwice(await openStrategy(strategy))).toBe('done');
    },
  );

  it('natural lets the handler run again', async () => {
    expect(await deliverTwice(await openStrategy('natural'))).toBe('acquired');
  });
});
