import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  doneIds,
  lockMs,
  ServiceBusFixture,
  shortLockQueue,
  startsOf,
  toMessage,
} from '../../../support/host-apps/service-bus-fixture.ts';

/** Hosts are slow on a busy machine. */
const patience = { timeout: 15_000 };

let fixture: ServiceBusFixture;

beforeAll(async () => {
  const queues = ['renewed', 'lapsed', 'manual', 'killed', 'stopped'];
  fixture = await ServiceBusFixture.open({ Queues: queues.map((name) => shortLockQueue(name)) });
});

afterAll(() => fixture.close());

// Each waits for a lock to expire: side by side, on queues of their own, they wait only once.
describe.concurrent('the lock of a message', () => {
  it('is renewed while a single-message function runs', async (test) => {
    await fixture.send('renewed', [toMessage({ id: 'long', takes: lockMs + 2000 })]);
    const host = await fixture.start(test, ['renewed', 'ones']);
    await host.waitUntil(() => doneIds(host).length >= 1, 'the end of the function');
    await test.expect.poll(() => fixture.depth('renewed'), patience).toBe(0);
    expect(startsOf(host)).toHaveLength(1);
  });

  it('is not renewed for a batch: what took too long is delivered again', async (test) => {
    await fixture.send('lapsed', [toMessage({ id: 'long', takes: lockMs + 1500 })]);
    const host = await fixture.start(test, ['lapsed', 'batches']);
    await host.waitUntil(() => startsOf(host).length >= 2, 'a second delivery');
    expect(startsOf(host)[1]?.deliveryCounts).toEqual([2]);
    expect(host.output).toMatch(/complete failed: .*lock/i);
    await host.end('SIGKILL');
  });

  it("is the function's own business without auto-completion", async (test) => {
    await fixture.send('manual', [toMessage({ id: 'a' })]);
    const host = await fixture.start(test, ['manual', 'manual']);
    await host.waitUntil(() => doneIds(host).length >= 1, 'the end of the function');
    expect(await fixture.depth('manual')).toBe(1);
  });

  it('keeps the message for the next host when one is killed', async (test) => {
    await fixture.send('killed', [toMessage({ id: 'a', takes: 1500 })]);
    const first = await fixture.start(test, ['killed', 'ones']);
    await first.waitForRecords('start', 1);
    await first.end('SIGKILL');
    const second = await fixture.start(test, ['killed', 'ones']);
    await second.waitUntil(() => doneIds(second).length >= 1, 'the redelivered message');
    await test.expect.poll(() => fixture.depth('killed'), patience).toBe(0);
  });

  it('is settled before the host stops', async (test) => {
    await fixture.send('stopped', [toMessage({ id: 'a', takes: 800 })]);
    const host = await fixture.start(test, ['stopped', 'ones']);
    await host.waitForRecords('start', 1);
    expect(await host.end()).toBe(0);
    expect(doneIds(host)).toEqual(['a']);
    expect(await fixture.depth('stopped')).toBe(0);
  });
});
