import type { EpochMs } from '../../../../shared/kernel/time.ts';
import type { JsonText } from '../history/history-event.ts';
import type { EntityOperation } from '../instance/instance.ts';
import { toEntityInstanceId } from './entity-id.ts';
import { noteHandled, type SenderLog } from './sender-log.ts';

/** What is stored of an entity. */
export interface EntityState {
  /** `@name@key`. */
  readonly instanceId: string;
  readonly exists: boolean;
  readonly state: JsonText;
  readonly senders: SenderLog;
  /** How many operations it has sent to others. */
  readonly sentCount: number;
  /** Operations that it has sent and that have perhaps not arrived. */
  readonly outbox: readonly EntityOperation[];
}

export function newEntity(instanceId: string): EntityState {
  return { instanceId, exists: false, state: null, senders: {}, sentCount: 0, outbox: [] };
}

/** What an entity function has answered to a batch. */
export interface EntityAnswer {
  readonly exists: boolean;
  readonly state: JsonText;
  /** One for each operation. */
  readonly results: readonly EntityResult[];
  readonly signals: readonly EntitySignal[];
}

export interface EntityResult {
  readonly isError: boolean;
  readonly result: JsonText;
}

export interface EntitySignal {
  readonly name: string;
  readonly key: string;
  readonly operation: string;
  readonly input: JsonText;
}

export interface EntityStep {
  readonly entity: EntityState;
  /** The answers to the calls of the batch, by request. */
  readonly answers: readonly { readonly operation: EntityOperation; readonly answer: string }[];
}

/** The next state of an entity after a batch, to be committed as one. */
export function concludeBatch(
  entity: EntityState,
  batch: readonly EntityOperation[],
  { answer, now }: { readonly answer: EntityAnswer; readonly now: EpochMs },
): EntityStep {
  const { instanceId, sentCount } = entity;
  const sent = answer.signals.map((signal, index): EntityOperation => {
    const number = sentCount + index;
    return {
      target: toEntityInstanceId(signal.name, signal.key),
      requestId: `${instanceId}:${number}`,
      ...{ operation: signal.operation, input: signal.input, isSignal: true },
      sender: { instanceId, executionId: instanceId, number },
    };
  });
  return {
    entity: {
      instanceId,
      exists: answer.exists,
      state: answer.state,
      senders: noteHandled(
        entity.senders,
        batch.flatMap(({ sender }) => sender ?? []),
        now,
      ),
      sentCount: sentCount + sent.length,
      outbox: [...entity.outbox, ...sent],
    },
    answers: batch.flatMap((operation, index) => {
      if (operation.isSignal) return [];
      return [{ operation, answer: writeResponse(answer.results[index]) }];
    }),
  };
}

const unanswered: EntityResult = { isError: true, result: null };

/** As the SDK reads it. Source: durable-functions 3.5.0, ResponseMessage. */
function writeResponse(result: EntityResult = unanswered): string {
  return JSON.stringify({
    ...(result.result !== null && { result: result.result }),
    ...(result.isError && { exceptionType: 'System.Exception' }),
  });
}

/** When the function itself could not be run: nothing has changed, and every caller is told. */
export function failedBatch(
  { exists, state }: EntityState,
  count: number,
  reason: string,
): EntityAnswer {
  const result = { isError: true, result: JSON.stringify(reason) };
  return { exists, state, results: Array.from({ length: count }, () => result), signals: [] };
}
