import { describe, expect, it } from 'vitest';
import type { ChoreographyEvent } from '../../../../sagas/choreography/choreography-event.ts';
import { reportTracked } from '../../../../sagas/choreography/report.ts';
import { choreographedStarter, readState } from '../../../../sagas/choreography/starter.ts';
import { encodeState } from '../../../../sagas/choreography/tracker-state-codec.ts';
import { untracked, type TrackerState } from '../../../../sagas/choreography/tracked-saga.ts';
import { materialReceipt } from '../../../../sagas/material-receipt/definition.ts';
import { orderFulfilment } from '../../../../sagas/order-fulfilment/definition.ts';
import { durationMs } from '../../../../shared/kernel/time.ts';
import { createMemoryDueRows } from '../../../support/choreography/memory-due-rows.ts';
import {
  cancelRequest,
  refused,
  ToldTracker,
  trackerAfter,
  undone,
} from '../../../support/choreography/threads.ts';
import { startedAt } from '../../../support/choreography/world.ts';

const event = {
  key: { source: '/erp', id: 'e-1' },
  data: { order_id: 'SO-1', order_total: 12.5, currency: 'EUR', receipt_id: 'SO-1' },
  traceparent: '00-1-2-03',
};
const cancel = { id: 'c', code: 'saga.cancelled', detail: 'x'.repeat(2000) };

async function openStarter(state?: TrackerState) {
  const rows = createMemoryDueRows();
  if (state !== undefined) {
    await rows.insert('SO-1', { text: encodeState(state), dueAt: undefined });
  }
  const published: ChoreographyEvent[] = [];
  const starter = choreographedStarter({
    rows,
    publish: (each) => Promise.resolve(void published.push(each)),
    clock: { now: () => startedAt },
    timeout: durationMs(60_000),
  });
  return { starter, published, rows };
}

describe('the starter of choreographed sagas', () => {
  it('asks the tracker to start a saga with its facts and its deadline', async () => {
    const { starter, published } = await openStarter();
    const outcome = await starter.start(orderFulfilment, event);
    expect(outcome).toEqual({ kind: 'started', sagaId: 'SO-1' });
    expect(published).toMatchObject([
      {
        kind: 'start-requested',
        thread: {
          definition: 'order-fulfilment',
          facts: { order_id: 'SO-1', amount: 12.5 },
          deadline: startedAt + 60_000,
          traceparent: '00-1-2-03',
        },
      },
    ]);
  });

  it('starts a saga although a cancellation waits for it', async () => {
    const waiting = new ToldTracker().tellAll([cancelRequest()]).state;
    const { starter, published } = await openStarter(waiting);
    expect(await starter.start(orderFulfilment, event)).toMatchObject({ kind: 'started' });
    expect(published).toHaveLength(1);
  });

  it('starts nothing for a saga that is known, and says whose id it is', async () => {
    const { starter, published } = await openStarter(trackerAfter(7).state);
    expect(await starter.start(orderFulfilment, event)).toMatchObject({ kind: 'duplicate' });
    const other = { ...materialReceipt, ...{ name: 'other', idOf: () => 'SO-1' } };
    const foreign = { ...other, factsOf: orderFulfilment.factsOf };
    expect(await starter.start(foreign, event)).toMatchObject({ code: 'saga.id_taken' });
    expect(published).toEqual([]);
  });

  it('starts nothing without an id or facts', async () => {
    const { starter } = await openStarter();
    const outcome = await starter.start(orderFulfilment, { ...event, data: {} });
    expect(outcome).toMatchObject({ kind: 'unstartable', code: 'saga.id_unusable' });
    const poor = { ...event, data: { order_id: 'SO-1' } };
    expect(await starter.start(orderFulfilment, poor)).toMatchObject({
      code: 'saga.facts_unreadable',
    });
  });

  it.each([
    ['kept', undefined, 1],
    ['delivered', trackerAfter(3).state, 1],
    ['returning', trackerAfter(7).state, 1],
    ['recorded', trackerAfter(1).tellAll([refused('reserve-stock')]).state, 0],
  ])('says of a cancellation that it is %s', async (expected, state, sent) => {
    const { starter, published } = await openStarter(state);
    expect(await starter.cancel('SO-1', cancel)).toBe(expected);
    expect(published).toHaveLength(sent);
    for (const each of published) {
      expect(each).toMatchObject({
        kind: 'cancel-requested',
        reason: { detail: 'x'.repeat(1000) },
      });
    }
  });
});

describe('the report of a choreographed saga', () => {
  it('is none for a saga of which nothing is known', async () => {
    const { rows } = await openStarter();
    expect(reportTracked('SO-1', await readState({ rows }, 'SO-1'), undefined)).toBeUndefined();
    expect(reportTracked('SO-1', untracked, orderFulfilment)).toBeUndefined();
  });

  it('shows a cancellation that waits for its saga', () => {
    const { state } = new ToldTracker().tellAll([cancelRequest()]);
    const report = reportTracked('SO-1', state, undefined);
    expect(report).toMatchObject({ state: 'awaited', cancels: [{ code: 'saga.cancelled' }] });
  });

  it('shows steps, answers and compensations with their times', () => {
    const tracker = trackerAfter(2).tellAll([
      refused('charge-payment'),
      undone('reserve-stock'),
      undone('create-order'),
    ]);
    const report = reportTracked('SO-1', tracker.state, orderFulfilment);
    expect(report).toMatchObject({
      variant: 'choreography',
      state: 'compensated',
      reason: { code: 'charge-payment.no' },
      startedAt: new Date(startedAt).toISOString(),
      endedAt: new Date(startedAt).toISOString(),
      compensations: [
        { step: 'reserve-stock', status: 'done' },
        { step: 'create-order', status: 'done' },
      ],
      stuck: [],
    });
    expect(report?.replies.map(({ commandId, outcome }) => `${commandId} ${outcome}`)).toEqual([
      'SO-1/create-order done',
      'SO-1/reserve-stock done',
      'SO-1/charge-payment refused',
      'SO-1/reserve-stock/undo done',
      'SO-1/create-order/undo done',
    ]);
  });
});
