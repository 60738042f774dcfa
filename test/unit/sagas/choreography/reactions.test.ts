import { describe, expect, it } from 'vitest';
import type { ThreadEvent, UndoRecord } from '../../../../sagas/choreography/choreography-event.ts';
import { descend, outcomeOf, reactionTo } from '../../../../sagas/choreography/reactions.ts';
import type { SagaDefinition } from '../../../../sagas/definition.ts';
import { definitions } from '../../../../sagas/definitions.ts';
import { orderFulfilment } from '../../../../sagas/order-fulfilment/definition.ts';
import {
  done,
  refused,
  sagaId,
  thread,
  undone,
  undoRefused,
} from '../../../support/choreography/threads.ts';

/** What follows from an event, in a word. */
function follows(event: ThreadEvent, definition: SagaDefinition = orderFulfilment): string {
  const reaction = reactionTo(definition, event);
  if (reaction.kind === 'none') return 'nothing';
  if (reaction.kind === 'end') return `end: ${reaction.outcome}`;
  const { step, attempt } = reaction;
  const name = reaction.kind === 'do' ? step.name : reaction.compensation.name;
  return `${step.participant}: ${name}${attempt > 1 ? ` (${attempt})` : ''}`;
}

function tracker(kind: 'started' | 'cancelled'): ThreadEvent {
  return { kind, id: `${sagaId}/${kind}`, sagaId, thread };
}

function awaited(kind: 'step-awaited' | 'undo-awaited', step: string): ThreadEvent {
  return { kind, id: `${sagaId}/${step}/${kind}/2`, sagaId, thread, step, attempt: 2 };
}

function failed(step: string): UndoRecord {
  return { step, status: 'failed', code: 'no', detail: '' };
}

const withoutReserving: SagaDefinition = {
  ...orderFulfilment,
  steps: [
    orderFulfilment.steps[0],
    { name: 'reserve-stock', participant: 'inventory', command: () => ({}) },
    ...orderFulfilment.steps.slice(2),
  ],
};

describe('the reactions to the events of a saga', () => {
  it.each([
    [tracker('started'), 'orders: create-order'],
    [done('create-order'), 'inventory: reserve-stock'],
    [done('reserve-stock'), 'payment: charge-payment'],
    [done('charge-payment'), 'warehouse: pick-order'],
    [done('pick-order'), 'warehouse: pack-order'],
    [done('pack-order'), 'shipping: ship-order'],
    [done('ship-order'), 'orders: complete-order'],
    [done('complete-order'), 'end: completed'],
  ])('go up one step after the other: %j', (event, expected) => {
    expect(follows(event)).toBe(expected);
  });

  it.each([
    [refused('create-order'), 'end: compensated'],
    [refused('reserve-stock'), 'orders: cancel-order'],
    [refused('complete-order'), 'shipping: recall-shipment'],
    [tracker('cancelled'), 'orders: reopen-order'],
    [undone('complete-order'), 'shipping: recall-shipment'],
    [undone('ship-order'), 'warehouse: unpack-order'],
    [undone('pack-order'), 'warehouse: unpick-order'],
    [undone('pick-order'), 'payment: refund-payment'],
    [undone('charge-payment'), 'inventory: release-stock'],
    [undone('reserve-stock'), 'orders: cancel-order'],
    [undone('create-order'), 'end: compensated'],
  ])('go down from what was refused, or from the last step: %j', (event, expected) => {
    expect(follows(event)).toBe(expected);
  });

  it('are none to a refused compensation, nor to a command that its compensation overtook', () => {
    expect(follows(undoRefused('ship-order', 1))).toBe('nothing');
    expect(follows(refused('ship-order', 'command.compensated'))).toBe('nothing');
    const ended: ThreadEvent = {
      ...{ kind: 'ended', id: `${sagaId}/ended`, sagaId, thread, outcome: 'completed' },
    };
    expect(follows(ended)).toBe('nothing');
  });

  it('repeat what is overdue, as a further attempt', () => {
    expect(follows(awaited('step-awaited', 'pack-order'))).toBe('warehouse: pack-order (2)');
    expect(follows(awaited('undo-awaited', 'pack-order'))).toBe('warehouse: unpack-order (2)');
    expect(follows(awaited('undo-awaited', 'reserve-stock'), withoutReserving)).toBe('nothing');
  });

  it('pass by what cannot be undone', () => {
    expect(follows(refused('charge-payment'), withoutReserving)).toBe('orders: cancel-order');
  });

  it('leave out what depends on a failed compensation, and go on with what does not', () => {
    const undos = [failed('pick-order')];
    const event = { ...undone('pick-order', { undos }), kind: 'undo-failed' } as const;
    expect(follows(event)).toBe('payment: refund-payment');
    const next = undone('charge-payment', { undos: [failed('pick-order')] });
    expect(follows(next)).toBe('end: needs-human');
  });

  it('hold dependants of dependants', () => {
    const { undos, next } = descend(orderFulfilment, 'ship-order', [failed('ship-order')]);
    expect(next).toBeUndefined();
    expect(undos.map(({ step, status }) => `${step} ${status}`)).toEqual([
      'ship-order failed',
      'pack-order held',
      'pick-order held',
      'charge-payment held',
      'reserve-stock held',
      'create-order held',
    ]);
    expect(outcomeOf(undos)).toBe('needs-human');
  });

  it('are none to a step that the definition does not have', () => {
    for (const event of [done('fly'), refused('fly'), undone('fly'), undoRefused('fly', 1)]) {
      expect(follows(event)).toBe('nothing');
    }
    expect(follows(awaited('step-awaited', 'fly'))).toBe('nothing');
  });

  it('undo in every definition what later steps depend on after those', () => {
    for (const { steps } of definitions) {
      for (const [at, { compensation }] of steps.entries()) {
        const later = steps.slice(at + 1).map(({ name }) => name);
        expect(later).toEqual(expect.arrayContaining([...(compensation?.dependsOn ?? [])]));
      }
    }
  });
});
