import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { marketplaceFeed } from '../../support/marketplace-feed.ts';
import { runNode } from '../../support/run-node.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-feed-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('npm start with --once and a feed of orders', () => {
  const feed = marketplaceFeed(20);

  it('completes every order but those that were called off, which it compensates', async () => {
    const [file, summary] = [join(folder, 'orders.ndjson'), join(folder, 'summary.json')];
    await writeFile(file, feed.text);
    const { stdout } = await runNode([
      ...['local/start.ts', '--once', '--feed', file],
      ...['--summary', summary, '--data', join(folder, 'data')],
    ]);
    expect(JSON.parse(await readFile(summary, 'utf8'))).toMatchObject({
      ...{ received: feed.events, landed: feed.events },
      sagas: {
        ...{ started: feed.orders, needsHuman: 0, running: 0 },
        completed: feed.orders - feed.failed,
        compensated: feed.failed,
      },
      invariants: { violations: 0 },
    });
    expect(stdout).toMatch(/^order-fulfilment +160 +120 +40 +0 +0$/m);
    expect(stdout).toContain('agree with the final states');
    expect(stdout).toMatch(/npm run sagas -- --data .* --state compensated\n/);
  }, 180_000);

  it('shows the same when nothing runs any more', async () => {
    const args = ['cli/sagas.ts', '--json', '--state', 'compensated'];
    const { stdout } = await runNode([...args, '--data', join(folder, 'data')]);
    const report = JSON.parse(stdout) as { readonly listed: readonly unknown[] };
    expect(report).toMatchObject({
      sagas: { started: feed.orders, compensated: feed.failed, running: 0 },
      invariants: { checked: feed.orders, violations: [] },
    });
    expect(report.listed).toHaveLength(feed.failed);
  }, 30_000);
});
