import { describe, expect, it } from 'vitest';
import { participantNamed } from '../../../domain/participants.ts';
import type { Participant } from '../../../domain/participant.ts';
import {
  definitionNamed,
  definitions,
  definitionsCancelledBy,
  definitionStartedBy,
} from '../../../sagas/definitions.ts';

describe('the sagas', () => {
  it('are found by name, by what starts them and by what cancels them', () => {
    expect(definitionNamed('material-receipt')?.name).toBe('material-receipt');
    expect(definitionNamed('constructor')).toBeUndefined();
    expect(definitionStartedBy('erp.salesorder.created')?.name).toBe('order-fulfilment');
    expect(definitionStartedBy('erp.receipt.confirmed')?.name).toBe('material-receipt');
    expect(definitionStartedBy('erp.salesorder.failed')).toBeUndefined();
    expect(definitionsCancelledBy('erp.salesorder.failed').map(({ name }) => name)).toEqual([
      'order-fulfilment',
    ]);
    expect(definitionsCancelledBy('erp.salesorder.created')).toEqual([]);
  });

  it('are not started by the same event, as an event is one business fact', () => {
    const starts = definitions.flatMap(({ startedBy }) => startedBy);
    expect(new Set(starts).size).toBe(starts.length);
  });
});

describe.each(definitions)('the saga $name', ({ steps }) => {
  it('names each step and each compensation once', () => {
    const names = steps.flatMap(({ name, compensation }) => [name, compensation?.name ?? '']);
    const given = names.filter((name) => name !== '');
    expect(new Set(given).size).toBe(given.length);
  });

  it('lets a compensation depend on later steps only, which can be undone', () => {
    for (const [index, { name, compensation }] of steps.entries()) {
      const later = steps.slice(index + 1).filter((step) => step.compensation !== undefined);
      const names = later.map((step) => step.name);
      for (const dependency of compensation?.dependsOn ?? []) {
        expect(names, `${name} depends on ${dependency}`).toContain(dependency);
      }
    }
  });

  it('asks participants only for what they can do and undo', () => {
    for (const { name, participant, compensation } of steps) {
      const { steps: able, undos } = participantNamed(
        participant,
      ) as unknown as Participant<unknown>;
      expect([...able.keys()]).toContain(name);
      if (compensation !== undefined) expect(undos.get(compensation.name)?.step).toBe(name);
    }
  });
});
