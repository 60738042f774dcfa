import { describe, expect, it } from 'vitest';
import { orderFulfilment } from '../../../../sagas/order-fulfilment/definition.ts';
import { DurableStage } from '../../../support/sagas/durable-stage.ts';
import {
  beginRun,
  entryFor,
  recordingOf,
  replyTo,
  sagaId,
  startedAt,
} from '../../../support/sagas/saga-stage.ts';

const steps = orderFulfilment.steps.map(({ name }) => name);
const declined = { kind: 'refused', code: 'payment.declined', detail: 'no funds' } as const;
const demand = { id: 'c-1', reason: { code: 'saga.cancelled', detail: 'changed my mind' } };
const cancel = { kind: 'cancel', ...demand };

describe('the orchestrator of sagas', () => {
  it('enters first, sends one command after the other, and closes with all that it has seen', async () => {
    const { stage, calls, sent, callsOf, reply } = await beginRun('forward');
    expect(calls[0]).toMatchObject({ name: 'enter-saga', input: { sagaId, token: 't-1' } });
    for (const [place, step] of steps.entries()) {
      expect(sent().map(({ name }) => name)).toEqual(steps.slice(0, place + 1));
      expect(stage.status).toMatchObject({ phase: 'running', reason: null });
      expect(sent().at(-1)).toMatchObject({ id: `${sagaId}/${step}`, replyTo: sagaId, attempt: 1 });
      await reply();
    }
    expect(stage.output).toEqual({ outcome: 'completed' });
    expect(callsOf('close-saga')).toMatchObject([
      {
        ...{ sagaId, run: 'forward', token: 't-1' },
        ending: {
          outcome: 'completed',
          facts: { order_id: sagaId },
          seen: steps.map((step) => `${sagaId}/${step}/reply`),
          stuck: [],
        },
      },
    ]);
    expect(callsOf('list-saga')).toEqual([]);
  });

  it('ends at once when its token is refused (counterexample 19)', async () => {
    const { stage, calls } = await beginRun('forward', { kind: 'refused' });
    expect(stage.output).toEqual({ outcome: 'refused' });
    expect(calls.map(({ name }) => name)).toEqual(['enter-saga']);
  });

  it('cancels every timer that loses to a reply, so that no instance stays behind', async () => {
    const { stage, reply } = await beginRun('forward');
    while (!stage.isDone) await reply();
    expect(stage.isDone).toBe(true);
    expect(stage.cancelledTimers).toBe(steps.length);
  });

  it('sends the same command again when its time is up', async () => {
    const { stage, sent } = await beginRun('forward');
    await stage.fireTimer();
    expect(sent().map(({ id, attempt }) => [id, attempt])).toEqual([
      [`${sagaId}/create-order`, 1],
      [`${sagaId}/create-order`, 2],
    ]);
  });

  it('loses no message that arrives while it is busy, whether or not an earlier wait timed out', async () => {
    let arrivals: unknown[] = [];
    const run = await beginRun('forward', entryFor('forward'), ({ name }) => {
      if (name !== 'send-command' || arrivals.length === 0) return;
      run.stage.meanwhile.push(...arrivals.map((message) => run.stage.messageEvent(message)));
      arrivals = [];
    });
    const { stage, sent, reply } = run;
    // Two waits time out and stay open; the reply then wakes the third.
    await stage.fireTimer();
    await stage.fireTimer();
    expect(sent()).toHaveLength(3);
    // While the next command is sent, a copy of that reply arrives, and then a cancel.
    const [command] = sent();
    if (command === undefined) throw new Error('no command');
    arrivals = [{ kind: 'reply', reply: replyTo(command) }, cancel];
    await reply();
    expect(sent().map(({ name }) => name)).toEqual([
      ...['create-order', 'create-order', 'create-order', 'reserve-stock', 'release-stock'],
    ]);
    expect(stage.status).toMatchObject({ phase: 'compensating' });
  });

  it('takes no step of a saga that was cancelled before it began, and undoes what it would have', async () => {
    const run = await beginRun('forward', entryFor('forward', [demand]));
    expect(run.sent().map(({ kind, name }) => [kind, name])).toEqual([['undo', 'cancel-order']]);
    await run.stage.raise(cancel);
    await run.reply();
    expect(run.stage.output).toEqual({ outcome: 'compensated' });
    expect(run.callsOf('close-saga')).toMatchObject([
      {
        ending: {
          reason: { code: 'saga.cancelled' },
          seen: ['c-1', `${sagaId}/create-order/undo/reply`],
        },
      },
    ]);
  });

  it('compensates last-in first-out what a refused step leaves, and lists the saga so', async () => {
    const run = await beginRun('forward');
    await run.reply();
    await run.reply();
    await run.reply(declined);
    expect(run.callsOf('list-saga')).toMatchObject([
      { saga: { sagaId, phase: 'compensating', reason: 'payment.declined' }, former: 'running' },
    ]);
    while (!run.stage.isDone) await run.reply();
    expect(
      run
        .sent()
        .slice(3)
        .map(({ name }) => name),
    ).toEqual(['release-stock', 'cancel-order']);
    expect(run.stage.output).toEqual({ outcome: 'compensated' });
  });

  it('sends a completed saga back, in an instance of its own', async () => {
    const run = await beginRun('return', entryFor('return', [demand]));
    while (!run.stage.isDone) {
      expect(run.sent().at(-1)).toMatchObject({ kind: 'undo', replyTo: `${sagaId}~return` });
      await run.reply();
    }
    expect(run.sent().map(({ name }) => name)).toEqual(
      orderFulfilment.steps.toReversed().map(({ compensation }) => compensation?.name),
    );
    expect(run.callsOf('close-saga')).toMatchObject([
      { run: 'return', ending: { outcome: 'compensated', reason: { detail: 'changed my mind' } } },
    ]);
  });

  it('carries one deadline in every command of a step, which compensations have not (counterexample 20)', async () => {
    const run = await beginRun('forward');
    await run.stage.fireTimer();
    await run.reply();
    const deadline = startedAt + 3_600_000;
    expect(run.sent().map((command) => command.kind === 'do' && command.notAfter)).toEqual([
      ...[deadline, deadline, deadline],
    ]);
  });

  it('puts a parcel that nobody can recall before a person, and the refund with it (counterexample 21)', async () => {
    const run = await beginRun('forward');
    while (run.sent().length < steps.length) await run.reply();
    await run.reply({ kind: 'refused', code: 'order.closed', detail: '' });
    while (!run.stage.isDone) {
      const isRecall = run.sent().at(-1)?.name === 'recall-shipment';
      if (isRecall) await run.stage.fireTimer();
      else await run.reply();
    }
    expect(run.stage.output).toEqual({ outcome: 'needs-human' });
    expect(run.sent().map(({ name }) => name)).not.toContain('refund-payment');
    const stuck = run.callsOf('report-stuck') as { step: string; status: string }[];
    expect(stuck).toContainEqual(expect.objectContaining({ step: 'ship-order', status: 'failed' }));
    expect(stuck).toContainEqual(
      expect.objectContaining({
        ...{ step: 'charge-payment', status: 'held' },
        command: expect.objectContaining({ name: 'refund-payment', kind: 'undo' }) as unknown,
      }),
    );
    const reported = run.calls.findLastIndex(({ name }) => name === 'report-stuck');
    expect(run.calls.findIndex(({ name }) => name === 'close-saga')).toBeGreaterThan(reported);
  });

  it('treats a command that cannot be sent like one without an answer', async () => {
    let isDown = true;
    const run = await beginRun('forward', entryFor('forward'), ({ name }) => {
      if (name === 'send-command' && isDown) throw new Error('broker.unavailable');
    });
    expect(run.sent()).toHaveLength(5);
    isDown = false;
    await run.stage.fireTimer();
    expect(run.sent().at(-1)).toMatchObject({ name: 'create-order', attempt: 2 });
    await run.reply();
    expect(run.sent().at(-1)).toMatchObject({ name: 'reserve-stock', attempt: 1 });
  });

  it('ignores events that are none of its messages', async () => {
    const run = await beginRun('forward');
    for (const noise of ['x', 7, { kind: 'reply' }, { kind: 'cancel', id: 'x' }, null]) {
      await run.stage.raise(noise);
    }
    expect(run.sent()).toHaveLength(1);
    await run.reply();
    expect(run.sent()).toHaveLength(2);
  });

  it('fails when it was started for something else, or under a version that this code has not', async () => {
    const none = () => ({ ...entryFor('forward') });
    const strange = { ...recordingOf('forward'), input: { order: 1 } };
    await expect(DurableStage.begin(strange, none)).rejects.toThrow(/not started for a saga/);
    const newer = { ...recordingOf('forward'), version: '9.0' };
    await expect(DurableStage.begin(newer, none)).rejects.toThrow(/version 9\.0/);
  });
});
