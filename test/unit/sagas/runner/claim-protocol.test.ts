import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../../domain/messages.ts';
import { cancelSaga } from '../../../../sagas/runner/cancel-saga.ts';
import { closeSaga } from '../../../../sagas/runner/close-saga.ts';
import { enterSaga } from '../../../../sagas/runner/enter-saga.ts';
import { toStartedInput } from '../../../../sagas/runner/run-codec.ts';
import type { RunKind } from '../../../../sagas/runner/run.ts';
import type { SagaOutcome } from '../../../../sagas/runner/saga-state.ts';
import { startSaga } from '../../../../sagas/runner/start-saga.ts';
import { takeReply } from '../../../../sagas/runner/take-reply.ts';
import { createSagaHouse, definition, orderEvent } from '../../../support/sagas/saga-house.ts';

const cancel = { id: 'event /erp c-1', code: 'saga.cancelled', detail: 'no longer wanted' };

function replyOf(id: string, replyTo = 'SO-1'): Reply {
  return {
    ...{ id, commandId: 'SO-1/ship-order', commandName: 'ship-order', participant: 'shipping' },
    ...{ sagaId: 'SO-1', replyTo, outcome: { kind: 'done', data: {} } },
  };
}

function openHouse() {
  const house = createSagaHouse();
  const { ports, engine, now } = house;
  return {
    ...house,
    start: () => startSaga(ports, definition, orderEvent()),
    /** The token of a start call, the last one left out. */
    token: (place = -1): string => {
      const input = toStartedInput(engine.started.at(place)?.input);
      return input?.token ?? 'none';
    },
    enter: (token: string, run: RunKind = 'forward') =>
      enterSaga(ports, { sagaId: 'SO-1', run, token, at: now() }),
    close: (
      token: string,
      outcome: SagaOutcome,
      { run = 'forward', seen = [] }: { run?: RunKind; seen?: readonly string[] } = {},
    ) => {
      const ending = { outcome, at: now(), facts: {}, journal: [], stuck: [], seen };
      return closeSaga(ports, { sagaId: 'SO-1', run, token, ending });
    },
    claim: async () => (await ports.store.read('SO-1'))?.claim,
  };
}

describe('a start', () => {
  it('claims the saga and asks for a run under the id of the order', async () => {
    const { start, engine, claim } = openHouse();
    expect(await start()).toEqual({ kind: 'started', sagaId: 'SO-1' });
    expect(engine.started).toMatchObject([{ instanceId: 'SO-1', input: { run: 'forward' } }]);
    expect(await claim()).toMatchObject({
      ...{ phase: 'claimed', definition: 'order-fulfilment', facts: { amount: 12.5 } },
      startedBy: { source: '/erp/sap/orders', id: 'e-1' },
    });
  });

  it('asks again, with another token, until a run has entered, and never after', async () => {
    const { start, token, enter, engine } = openHouse();
    await start();
    await start();
    expect(token(0)).not.toBe(token(1));
    await enter(token());
    expect(await start()).toEqual({ kind: 'duplicate', sagaId: 'SO-1' });
    expect(engine.started).toHaveLength(2);
  });

  it('that was slow does not run an order again that has ended meanwhile (counterexample 19)', async () => {
    const { start, token, enter, close, claim } = openHouse();
    await start();
    await start();
    expect(await enter(token(0))).toMatchObject({ kind: 'entered' });
    await close(token(0), 'compensated');
    // The second start call comes through only now: the engine runs an id again that has ended.
    expect(await enter(token(1))).toEqual({ kind: 'refused' });
    expect(await claim()).toMatchObject({ phase: 'closed', ending: { outcome: 'compensated' } });
  });

  it.each([
    [{ order_id: '' }, 'saga.id_unusable'],
    [{ order_id: 'x'.repeat(120) }, 'saga.id_unusable'],
    [{ currency: 7 }, 'saga.facts_unreadable'],
    [
      { items: Array.from({ length: 900 }, () => ({ product_id: 'x'.repeat(20) })) },
      'saga.too_large',
    ],
  ])('of what can be no saga is refused: %#', async (data, code) => {
    const { ports, engine } = createSagaHouse();
    const outcome = await startSaga(ports, definition, orderEvent(data));
    expect(outcome).toMatchObject({ kind: 'unstartable', code });
    expect(engine.started).toEqual([]);
  });

  it('does not take the id of a saga of another definition', async () => {
    const { ports } = createSagaHouse();
    await startSaga(ports, definition, orderEvent());
    const other = { ...definition, name: 'material-receipt' };
    const outcome = await startSaga(ports, other, orderEvent());
    expect(outcome).toMatchObject({ kind: 'unstartable', code: 'saga.id_taken' });
  });
});

describe('an entry', () => {
  it('is the same when the activity is executed again, and lists the saga once', async () => {
    const { start, token, enter, ports } = openHouse();
    await start();
    const first = await enter(token());
    expect(await enter(token())).toEqual(first);
    const { sagas } = await ports.listing.list('running', 10);
    expect(sagas).toMatchObject([{ sagaId: 'SO-1', reason: '' }]);
  });

  it('is refused to a run that was restarted after an answer, and would undo one step of many', async () => {
    const { ports, engine, start, token, enter } = openHouse();
    await start();
    const mine = token();
    await enter(mine);
    await takeReply({ ...ports, instances: engine }, replyOf('r-1'));
    expect(await enter(mine)).toEqual({ kind: 'refused' });
  });

  it('is refused to a saga that nobody has claimed', async () => {
    expect(await openHouse().enter('forged')).toEqual({ kind: 'refused' });
  });

  it('is refused to a returning run of a saga that does not return', async () => {
    const { start, enter } = openHouse();
    await start();
    expect(await enter('forged', 'return')).toEqual({ kind: 'refused' });
  });
});

describe('a reply', () => {
  it('reaches the run that waits for it, and is stored', async () => {
    const { start, token, enter, ports, engine } = openHouse();
    await start();
    await enter(token());
    expect(await takeReply(ports, replyOf('r-1'))).toBe('delivered');
    expect(engine.raised).toMatchObject([
      { instanceId: 'SO-1', message: { kind: 'reply', reply: { id: 'r-1' } } },
    ]);
    expect((await ports.store.open('SO-1')).replies).toMatchObject([{ id: 'r-1' }]);
  });

  it('that is raised while the run ends is known as late by whoever comes second (counterexample 22)', async () => {
    const { start, token, enter, close, ports, engine, warnings } = openHouse();
    await start();
    await enter(token());
    // Stored and raised before the claim is closed: nobody reads the mailbox any more.
    await takeReply(ports, replyOf('r-early'));
    await close(token(), 'completed', { seen: ['r-seen'] });
    engine.states.set('SO-1', 'ended');
    // Stored after the run has looked: the reader of the claim finds it closed.
    expect(await takeReply(ports, replyOf('r-late'))).toBe('late');
    expect(await takeReply(ports, replyOf('r-seen'))).toBe('delivered');
    expect(warnings.map(({ details }) => details)).toMatchObject([
      { replyId: 'r-early' },
      { replyId: 'r-late' },
    ]);
  });

  it('for a saga that nobody knows is kept and warned of', async () => {
    const { ports, warnings } = openHouse();
    expect(await takeReply(ports, replyOf('r-1'))).toBe('unknown-saga');
    expect((await ports.store.open('SO-1')).replies).toHaveLength(1);
    expect(warnings).toHaveLength(1);
  });

  it('is delivered again when the saga is open and its instance is gone', async () => {
    const { start, token, enter, ports, engine } = openHouse();
    await start();
    await enter(token());
    engine.states.set('SO-1', 'failed');
    const unreachable = { code: 'saga.unreachable', kind: 'transient' };
    await expect(takeReply(ports, replyOf('r-1'))).rejects.toMatchObject(unreachable);
    engine.states.delete('SO-1');
    await expect(takeReply(ports, replyOf('r-1'))).rejects.toMatchObject(unreachable);
  });

  it('that names the instance of another saga is raised nowhere', async () => {
    const { ports, engine } = openHouse();
    engine.states.set('SO-2', 'running');
    expect(await takeReply(ports, replyOf('r-1', 'SO-2'))).toBe('misdirected');
    expect(engine.raised).toEqual([]);
    expect((await ports.store.open('SO-1')).replies).toEqual([]);
  });
});

describe('a cancel', () => {
  it('before its saga waits for it, and is part of the entry of its run', async () => {
    const { start, token, enter, ports } = openHouse();
    expect(await cancelSaga(ports, 'SO-1', cancel)).toBe('kept');
    await start();
    const { id, code, detail } = cancel;
    expect(await enter(token())).toMatchObject({ cancels: [{ id, reason: { code, detail } }] });
  });

  it('of a saga that runs is raised', async () => {
    const { start, token, enter, ports, engine } = openHouse();
    await start();
    await enter(token());
    expect(await cancelSaga(ports, 'SO-1', cancel)).toBe('delivered');
    expect(engine.raised).toMatchObject([{ message: { kind: 'cancel', id: cancel.id } }]);
  });

  it('of a completed saga sends it back, in a run with a token of its own, once', async () => {
    const { start, token, enter, close, ports, engine, claim } = openHouse();
    await start();
    await enter(token());
    await close(token(), 'completed');
    engine.states.set('SO-1', 'ended');
    expect(await cancelSaga(ports, 'SO-1', cancel)).toBe('returning');
    expect(await cancelSaga(ports, 'SO-1', cancel)).toBe('returning');
    expect(engine.started.slice(1)).toMatchObject([
      { instanceId: 'SO-1~return' },
      { instanceId: 'SO-1~return' },
    ]);
    expect(await enter(token(1), 'return')).toMatchObject({
      ...{ kind: 'entered', start: { instanceId: 'SO-1~return' } },
      cancels: [{ id: cancel.id }],
    });
    expect(await enter(token(2), 'return')).toEqual({ kind: 'refused' });
    expect((await ports.listing.list('compensating', 10)).sagas).toHaveLength(1);
    await close(token(1), 'compensated', { run: 'return' });
    expect(await claim()).toMatchObject({
      ...{ phase: 'closed', ending: { outcome: 'completed' } },
      returnEnding: { outcome: 'compensated' },
    });
    expect(await cancelSaga(ports, 'SO-1', { ...cancel, id: 'c-2' })).toBe('recorded');
    expect((await ports.listing.list('compensated', 10)).sagas).toHaveLength(1);
  });

  it('that is raised while the run completes sends the saga back all the same (counterexample 22)', async () => {
    const { start, token, enter, close, ports, engine } = openHouse();
    await start();
    await enter(token());
    expect(await cancelSaga(ports, 'SO-1', cancel)).toBe('delivered');
    // The run had made up its mind before it could read the cancel.
    await close(token(), 'completed');
    expect(engine.started.at(-1)).toMatchObject({ instanceId: 'SO-1~return' });
  });

  it('of a saga that has ended otherwise is recorded, and starts nothing', async () => {
    const { start, token, enter, close, ports, engine } = openHouse();
    await start();
    await enter(token());
    await close(token(), 'needs-human');
    engine.states.set('SO-1', 'ended');
    expect(await cancelSaga(ports, 'SO-1', cancel)).toBe('recorded');
    expect((await ports.store.open('SO-1')).cancels).toHaveLength(1);
    expect(engine.started).toHaveLength(1);
  });
});

describe('a close', () => {
  it('of a run that does not hold the claim changes nothing', async () => {
    const { start, token, enter, close, claim } = openHouse();
    await start();
    await enter(token());
    await close('forged', 'completed');
    expect(await claim()).toMatchObject({ phase: 'running' });
  });

  it('may be executed again, and keeps the first ending', async () => {
    const { start, token, enter, close, claim } = openHouse();
    await start();
    await enter(token());
    await close(token(), 'compensated', { seen: ['r-1'] });
    const first = await claim();
    await close(token(), 'compensated', { seen: ['r-1'] });
    expect(await claim()).toEqual(first);
  });
});
