import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  orderCreated,
  orderFailed,
  startSagaWorld,
  type SagaWorld,
  type ShownSaga,
} from '../../support/sagas/saga-world.ts';
import { impatience, rules, steps, troubledOrders } from '../../support/sagas/scenarios.ts';

/** Also outside of tests, where `expect.poll` may not be. */
const eventually = (check: () => Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 90_000, interval: 500 });
const orders = [
  ...troubledOrders,
  ...['happy', 'twice', 'error', 'undo-retried', 'stuck-refund', 'stuck-recall', 'duplicate'],
  ...['cancel-running', 'cancel-completed', 'failed-later', 'failed-first'],
];
let world: SagaWorld;

async function publish(orderIds: readonly string[]): Promise<void> {
  await Promise.all(
    orderIds.map((orderId) => world.publisher.toHub(orderCreated(orderId), orderId)),
  );
}

async function show(sagaId: string): Promise<ShownSaga> {
  const shown = await world.show(sagaId);
  if (shown === undefined) throw new Error(`nothing is known of ${sagaId}`);
  return shown;
}

const stateOf = async (sagaId: string): Promise<string | undefined> =>
  (await world.show(sagaId))?.state;

/** The steps whose commands were sent, in their order. */
function sentIn({ timeline }: ShownSaga): readonly (string | undefined)[] {
  const sent = timeline.filter(({ what }) => what === 'command-sent');
  return [...new Set(sent.map(({ step }) => step))];
}

/** Waits until the saga has sent the command of a step. */
async function untilSent(sagaId: string, step: string): Promise<void> {
  await eventually(async () => {
    expect(sentIn(await show(sagaId))).toContain(step);
  });
}

async function untilState(sagaId: string, state: string): Promise<void> {
  await eventually(async () => {
    expect(await stateOf(sagaId), sagaId).toBe(state);
  });
}

/** All orders side by side, so that the waiting is done once. */
beforeAll(async () => {
  world = await startSagaWorld(rules, { settings: impatience });
  // The first saga of a host pays for its start.
  await publish(['happy']);
  await untilState('happy', 'completed');
  await world.publisher.toHub(orderFailed('failed-first'), 'failed-first');
  await untilState('failed-first', 'awaited');
  await publish(orders.filter((orderId) => orderId !== 'happy'));
  // Copies of the start, before the saga has begun, while it runs and below after it has ended.
  const copy = orderCreated('duplicate');
  await world.publisher.toTopic(copy);
  await world.publisher.toHub(copy, 'elsewhere');
  await world.publisher.toOrders(orderCreated('duplicate'), 'duplicate');
  await untilSent('cancel-running', 'pick-order');
  expect(await world.cancel('cancel-running', 'changed their mind')).toBe(202);
  for (const orderId of ['cancel-completed', 'failed-later', 'stuck-recall', 'duplicate']) {
    await untilState(orderId, 'completed');
  }
  await world.publisher.toHub(orderCreated('duplicate'), 'duplicate');
  await world.publisher.toHub(orderFailed('failed-later'), 'failed-later');
  for (const orderId of ['cancel-completed', 'stuck-recall']) {
    expect(await world.cancel(orderId, 'sent back')).toBe(202);
  }
  await eventually(async () => {
    const { sagas, active } = await world.reader.glance();
    expect(sagas, JSON.stringify(active)).toMatchObject({ started: orders.length, running: 0 });
  });
}, 200_000);

afterAll(() => world.stop());

describe('a saga whose participants do as they are told', () => {
  it('completes with every step taken once', async () => {
    const saga = await show('happy');
    expect(saga).toMatchObject({ state: 'completed', reason: null, stuck: [], compensations: [] });
    expect(sentIn(saga)).toEqual(steps);
  });

  it('completes although every answer comes twice, and each command is first met with errors', async () => {
    expect(await stateOf('twice')).toBe('completed');
    expect(await stateOf('error')).toBe('completed');
  });
});

describe.each(steps)('a saga whose step %s goes wrong', (step) => {
  const before = steps.slice(0, steps.indexOf(step));

  it('is compensated when the step is refused, last step first', async () => {
    const saga = await show(`fail-${step}`);
    expect(saga).toMatchObject({ state: 'compensated', reason: { code: 'test.refused' } });
    const undone = saga.timeline.filter(({ what }) => what === 'undo-done');
    expect(undone.map((entry) => entry.step)).toEqual(before.toReversed());
  });

  it('is compensated when the step took effect and nobody answered', async () => {
    const saga = await show(`silent-${step}`);
    expect(saga).toMatchObject({ state: 'compensated', reason: { code: 'step.timeout' } });
    const undone = saga.timeline.filter(({ what }) => what === 'undo-done');
    expect(undone.map((entry) => entry.step)).toEqual([step, ...before.toReversed()]);
  });

  it('refuses the command that arrives after its compensation, and keeps the late reply', async () => {
    const commandId = `late-effect-${step}/${step}`;
    const late = { commandId, code: 'command.compensated', isLate: true };
    await eventually(async () => {
      const { replies } = await show(`late-effect-${step}`);
      expect(replies).toContainEqual(expect.objectContaining(late));
    });
    expect(await stateOf(`late-effect-${step}`)).toBe('compensated');
  }, 60_000);

  it('keeps the answer that comes after the compensation, and changes nothing', async () => {
    const commandId = `late-answer-${step}/${step}`;
    const late = { commandId, outcome: 'done', isLate: true };
    await eventually(async () => {
      const { replies } = await show(`late-answer-${step}`);
      expect(replies).toContainEqual(expect.objectContaining(late));
    });
    expect(await stateOf(`late-answer-${step}`)).toBe('compensated');
  }, 60_000);
});

describe('a compensation that fails', () => {
  it('is tried again', async () => {
    expect(await stateOf('undo-retried')).toBe('compensated');
  });

  it('for ever is put before a person with all that is needed, and the others go on', async () => {
    const saga = await show('stuck-refund');
    expect(saga.state).toBe('needs-human');
    expect(saga.stuck).toMatchObject([{ step: 'charge-payment', status: 'failed' }]);
    const others = saga.compensations.filter(({ step }) => step !== 'charge-payment');
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 'done'));
    expect(others.length).toBeGreaterThan(3);
    const notices = await world.readStuck();
    expect(notices.filter((notice) => notice.sagaId === 'stuck-refund')).toMatchObject([
      {
        ...{ step: 'charge-payment', queue: 'payment-commands' },
        codes: ['saga.compensation_failed', 'bank.closed'],
        command: {
          ...{ id: 'stuck-refund/charge-payment/undo', name: 'refund-payment', kind: 'undo' },
          ...{ participant: 'payment', sagaId: 'stuck-refund' },
          undoes: 'stuck-refund/charge-payment',
        },
      },
    ]);
  });

  it('holds back those that depend on it: no refund for a parcel that cannot be recalled', async () => {
    const saga = await show('stuck-recall');
    expect(saga.state).toBe('needs-human');
    expect(saga.stuck).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ step: 'ship-order', status: 'failed' }),
        expect.objectContaining({ step: 'charge-payment', status: 'held' }),
        expect.objectContaining({ step: 'reserve-stock', status: 'held' }),
      ]),
    );
    const notices = await world.readStuck();
    const told = notices.filter((notice) => notice.sagaId === 'stuck-recall');
    expect(told.map(({ step }) => step).toSorted()).toEqual(
      saga.stuck.map(({ step }) => step).toSorted(),
    );
  });
});

describe('a start that is repeated before, during and after the run', () => {
  it('runs the order once', async () => {
    const saga = await show('duplicate');
    expect(saga.state).toBe('completed');
    expect(saga.timeline.filter(({ what }) => what === 'started')).toHaveLength(1);
    expect(sentIn(saga)).toEqual(steps);
  });
});

describe('a saga that is cancelled', () => {
  it('while it runs is compensated', async () => {
    const saga = await show('cancel-running');
    expect(saga).toMatchObject({ state: 'compensated', reason: { code: 'saga.cancelled' } });
    expect(sentIn(saga)).not.toContain('ship-order');
  });

  it.each(['cancel-completed', 'failed-later'])(
    'after it completed takes everything back (%s)',
    async (orderId) => {
      const saga = await show(orderId);
      expect(saga.state).toBe('compensated');
      const undone = saga.timeline.filter(({ what }) => what === 'undo-done');
      expect(undone.map(({ step }) => step)).toEqual(steps.toReversed());
    },
  );

  it('before it starts has no effect that stays', async () => {
    const saga = await show('failed-first');
    expect(saga.state).toBe('compensated');
    expect(sentIn(saga)).not.toContain('charge-payment');
  });
});

describe('all sagas together', () => {
  it('balance, each order in a named final state', async () => {
    const { sagas, invariants } = (await world.reader.read(undefined)).report;
    expect(invariants.violations).toEqual([]);
    expect(sagas).toEqual({
      ...{ started: orders.length, running: 0, needsHuman: 2 },
      completed: 4,
      compensated: orders.length - 6,
    });
  });
});
