import { describe, expect, it } from 'vitest';
import { stuckOf, wakeOf } from '../../../../sagas/choreography/tracked-saga.ts';
import { orderFulfilment } from '../../../../sagas/order-fulfilment/definition.ts';
import { lifetime, startedAt } from '../../../support/choreography/world.ts';
import {
  cancelRequest,
  clockStroke,
  done,
  orderSteps,
  refused,
  startRequest,
  ToldTracker,
  trackerAfter,
  undone,
  undoRefused,
  watchAt,
} from '../../../support/choreography/threads.ts';

describe('the tracker of a saga', () => {
  it('starts a saga once, and completes it with its last step', () => {
    const tracker = trackerAfter(7);
    expect(tracker.state.saga?.phase).toBe('completed');
    expect(tracker.told).toEqual(['started', 'ended/completed']);
    const { state, tells } = tracker.tell(startRequest());
    expect(tells).toEqual([]);
    expect(state).toBe(tracker.state);
  });

  it('parks what comes before its turn, and takes it in order when its turn comes', () => {
    const tracker = new ToldTracker();
    const [first = '', second = '', third = ''] = orderSteps;
    tracker.tellAll([done(third), done(first), done(third)]);
    expect(tracker.state.saga).toBeUndefined();
    expect(tracker.state.parked).toHaveLength(2);
    const { due } = tracker.tell(startRequest());
    expect(due).toEqual([done(first)]);
    expect(tracker.state.parked).toEqual([done(third)]);
    expect(tracker.tell(done(second)).due).toEqual([done(second), done(third)]);
    expect(tracker.state.parked).toEqual([]);
    expect(tracker.journal.filter((line) => line.startsWith('reply-done'))).toEqual([
      `reply-done ${first}`,
      `reply-done ${second}`,
      `reply-done ${third}`,
    ]);
  });

  it('parks a cancellation of a saga that it does not know, and cancels it when it starts', () => {
    const tracker = new ToldTracker().tellAll([cancelRequest(), startRequest()]);
    expect(tracker.told).toEqual(['started', 'cancelled']);
    expect(tracker.state.saga?.thread.reason?.detail).toBe('not wanted');
    expect(tracker.state.parked).toEqual([]);
  });

  it('parks the end of a chain of compensations until it knows of its beginning', () => {
    const tracker = trackerAfter(2).tellAll([undone('create-order'), undone('reserve-stock')]);
    expect(tracker.state.saga?.phase).toBe('running');
    tracker.tell(refused('charge-payment'));
    expect(tracker.state.saga?.phase).toBe('compensated');
    expect(tracker.journal.slice(-6)).toEqual([
      'reply-refused charge-payment',
      'undo-sent reserve-stock',
      'undo-done reserve-stock',
      'undo-sent create-order',
      'undo-done create-order',
      'ended',
    ]);
  });

  it('keeps the reason that came first', () => {
    const tracker = trackerAfter(2).tellAll([refused('charge-payment'), cancelRequest()]);
    expect(tracker.state.saga?.thread.reason?.code).toBe('charge-payment.no');
    expect(tracker.told).toEqual(['started']);
    const cancelled = trackerAfter(2).tellAll([cancelRequest('a'), cancelRequest('b')]);
    cancelled.tell(refused('charge-payment'));
    expect(cancelled.state.saga?.thread.reason?.detail).toBe('a');
    expect(cancelled.told).toEqual(['started', 'cancelled']);
  });

  it('sends a completed saga back when it is cancelled, and no other that has ended', () => {
    const tracker = trackerAfter(7).tellAll([cancelRequest()]);
    expect(tracker.told.at(-1)).toBe('cancelled');
    expect(tracker.state.saga).toMatchObject({ phase: 'compensating', undoing: 'complete-order' });
    tracker.tellAll(orderSteps.toReversed().map((step) => undone(step)));
    expect(tracker.told.at(-1)).toBe('ended/compensated');
    const { state } = tracker;
    expect(tracker.tell(cancelRequest('again')).state).toBe(state);
  });

  it('changes nothing for a repeated event, but lets its context react once more', () => {
    const tracker = trackerAfter(3);
    const before = tracker.state;
    const { state, tells, due } = tracker.tell(done('create-order'));
    expect(state).toBe(before);
    expect(tells).toEqual([]);
    expect(due).toEqual([done('create-order')]);
  });

  it('follows its own cancellation when it stopped before it had written it down', () => {
    const stopped = trackerAfter(2);
    const [, cancelled] = trackerAfter(2).tellAll([cancelRequest()]).tells;
    if (cancelled === undefined) throw new Error('nothing was told');
    stopped.tell(cancelled);
    expect(stopped.state.saga?.phase).toBe('compensating');
    expect(stopped.state.saga?.undoing).toBe('complete-order');
  });
});

describe('the patience of the tracker', () => {
  it('asks again for a step when its time is up, not before, and longer each time', () => {
    const tracker = trackerAfter(1);
    tracker.tell(clockStroke, 999);
    expect(tracker.told).toEqual(['started']);
    tracker.tell(clockStroke, 1000);
    expect(tracker.told).toEqual(['started', 'reserve-stock/step-awaited/2']);
    tracker.tell(clockStroke, 2999);
    expect(tracker.told).toHaveLength(2);
    expect(tracker.state.saga?.phase).toBe('running');
  });

  it('cancels a saga whose step stays without an answer', () => {
    const tracker = trackerAfter(1).tellAll([clockStroke], 1000).tellAll([clockStroke], 3000);
    expect(tracker.told.at(-1)).toBe('cancelled');
    expect(tracker.state.saga?.thread.reason).toEqual({
      code: 'step.timeout',
      detail: 'reserve-stock was not answered, its outcome is unknown',
    });
    expect(tracker.journal).not.toContain('cancelled');
    expect(tracker.journal).toContain('step-timed-out reserve-stock');
  });

  it('cancels a saga at its deadline, however patient its steps are', () => {
    const tracker = trackerAfter(1).tellAll([clockStroke], lifetime);
    expect(tracker.told.at(-1)).toBe('cancelled');
    expect(tracker.state.saga?.thread.reason?.code).toBe('saga.timeout');
    expect(tracker.journal).toContain('saga-timed-out');
  });

  it('wakes at the deadline if that comes before an answer is overdue', () => {
    const tracker = trackerAfter(1).tellAll([done('reserve-stock')], lifetime - 10);
    const { saga } = tracker.state;
    expect(saga && wakeOf(saga, watchAt(0))).toBe(startedAt + lifetime);
  });

  it('does not look at the clock of a saga that has ended', () => {
    const tracker = trackerAfter(7);
    const { saga } = tracker.state;
    expect(saga && wakeOf(saga, watchAt(0))).toBeUndefined();
    expect(tracker.tell(clockStroke, lifetime * 2).state).toBe(tracker.state);
  });

  it('asks again for a compensation that is refused, and gives it up after the last attempt', () => {
    const tracker = trackerAfter(6).tellAll([refused('complete-order')]);
    tracker.tell(undoRefused('ship-order', 1));
    expect(tracker.state.saga?.phase).toBe('compensating');
    tracker.tell(clockStroke, 1000);
    tracker.tell(undoRefused('ship-order', 2), 1000);
    tracker.tell(clockStroke, 3000);
    expect(tracker.state.saga?.phase).toBe('compensating');
    tracker.tell(undoRefused('ship-order', 3), 3000);
    expect(tracker.told.slice(-4)).toEqual([
      'ship-order/undo-awaited/2',
      'ship-order/undo-awaited/3',
      'ship-order/undo-failed',
      'ended/needs-human',
    ]);
  });

  it('counts a copy of a refusal, and one of an attempt that is over, not as another', () => {
    const tracker = trackerAfter(6).tellAll([refused('complete-order')]);
    tracker.tellAll([undoRefused('ship-order', 1), undoRefused('ship-order', 1)]);
    expect(tracker.journal.filter((line) => line === 'reply-refused ship-order')).toHaveLength(1);
    tracker.tell(clockStroke, 1000);
    tracker.tell(undoRefused('ship-order', 1), 1000);
    expect(tracker.journal.filter((line) => line === 'reply-refused ship-order')).toHaveLength(1);
  });

  it('puts what failed and what is held before a person, with the commands to repeat', () => {
    const tracker = trackerAfter(6).tellAll([refused('complete-order')]);
    tracker.tellAll([clockStroke], 1000).tellAll([clockStroke], 3000).tellAll([clockStroke], 7000);
    const { saga } = tracker.state;
    if (saga === undefined) throw new Error('it has not started');
    const stuck = stuckOf(saga, orderFulfilment);
    expect(stuck.map(({ step, status, code }) => `${step} ${status} ${code}`)).toEqual([
      'ship-order failed compensation.timeout',
      'pack-order held compensation.held',
      'pick-order held compensation.held',
      'charge-payment held compensation.held',
      'reserve-stock held compensation.held',
      'create-order held compensation.held',
    ]);
    expect(stuck[3]?.command).toMatchObject({ kind: 'undo', name: 'refund-payment' });
  });

  it('heals when the compensations that were given up are answered after all', () => {
    const tracker = trackerAfter(6).tellAll([refused('complete-order')]);
    tracker.tellAll([clockStroke], 1000).tellAll([clockStroke], 3000).tellAll([clockStroke], 7000);
    expect(tracker.state.saga?.phase).toBe('needs-human');
    const down = orderSteps.slice(0, 6).toReversed();
    tracker.tellAll(down.slice(0, 5).map((step) => undone(step)));
    expect(tracker.state.saga?.phase).toBe('needs-human');
    tracker.tell(undone('create-order'));
    expect(tracker.state.saga?.phase).toBe('compensated');
    expect(tracker.told.at(-1)).toBe('ended/compensated');
  });
});
