import { ownMember } from '../../settings/json-shape.ts';
import type { JsonText } from '../history/history-event.ts';
import type { EntityOperation } from '../instance/instance.ts';
import type { EntityAnswer, EntityResult, EntitySignal, EntityState } from './entity-batch.ts';
import { entityKeyOf, entityNameOf } from './entity-id.ts';

/** The value of the trigger. Source: durable-functions 3.5.0, DurableEntityBindingInfo. */
export function entityInput(entity: EntityState, batch: readonly EntityOperation[]): string {
  const { instanceId, exists, state } = entity;
  return JSON.stringify({
    self: { name: entityNameOf(instanceId), key: entityKeyOf(instanceId) },
    exists,
    state,
    batch: batch.map(({ operation, input, isSignal, requestId }) => ({
      ...{ name: operation, input, isSignal, id: requestId },
    })),
  });
}

/** Reads what an entity function has returned. */
export function parseEntityAnswer(returned: string | null | undefined): EntityAnswer {
  const answer: unknown = JSON.parse(returned ?? 'null');
  return {
    exists: ownMember(answer, 'entityExists') === true,
    state: textOrNull(ownMember(answer, 'entityState')),
    results: listOf(ownMember(answer, 'results')).map(toResult),
    signals: listOf(ownMember(answer, 'signals')).map(toSignal),
  };
}

function toResult(value: unknown): EntityResult {
  return {
    isError: ownMember(value, 'isError') === true,
    result: textOrNull(ownMember(value, 'result')),
  };
}

function toSignal(value: unknown): EntitySignal {
  const target = ownMember(value, 'target');
  const text = (content: unknown): string => (typeof content === 'string' ? content : '');
  return {
    name: text(ownMember(target, 'name')),
    key: text(ownMember(target, 'key')),
    operation: text(ownMember(value, 'name')),
    input: textOrNull(ownMember(value, 'input')),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The SDK writes an empty text where there is no value. */
function textOrNull(value: unknown): JsonText {
  return typeof value === 'string' && value !== '' ? value : null;
}
