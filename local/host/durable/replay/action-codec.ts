import { durationMs, epochMs, type DurationMs } from '../../../../shared/kernel/time.ts';
import { isRecord, ownMember } from '../../settings/json-shape.ts';
import type { JsonText } from '../history/history-event.ts';
import type { Action, OrchestratorAnswer, RetryOptions } from './action.ts';

const failureMarker = '\n\n$OutOfProcData$:';

/** The codes of actions. Source: durable-functions 3.5.0, lib/src/actions/ActionType.js. */
const readers: Readonly<Record<number, (fields: Fields) => Action>> = {
  0: (fields) => callActivity(fields, undefined),
  1: (fields) => callActivity(fields, readRetry(fields)),
  2: (fields) => callSubOrchestrator(fields, undefined),
  3: (fields) => callSubOrchestrator(fields, readRetry(fields)),
  4: (fields) => ({ kind: 'continueAsNew', input: encodedTwice(fields['input']) }),
  5: createTimer,
  6: (fields) => ({ kind: 'waitForEvent', name: textOf(fields['externalEventName']) }),
  7: (fields) => sendToEntity('callEntity', fields),
  8: () => ({ kind: 'unsupported', what: 'callHttp' }),
  9: (fields) => sendToEntity('signalEntity', fields),
  10: () => ({ kind: 'unsupported', what: 'a signal at a later time' }),
  11: (fields) => ({ kind: 'whenAny', children: readActions(fields['compoundActions']) }),
  12: (fields) => ({ kind: 'whenAll', children: readActions(fields['compoundActions']) }),
  13: () => ({ kind: 'unsupported', what: 'a lock on entities' }),
  14: () => ({ kind: 'unsupported', what: 'a lock on entities' }),
};

type Fields = Readonly<Record<string, unknown>>;

/** Reads what an orchestrator function has returned. */
export function parseAnswer(returned: string | null | undefined): OrchestratorAnswer {
  const state: unknown = JSON.parse(returned ?? 'null');
  const output = toJsonText(ownMember(state, 'output'));
  const isDone = ownMember(state, 'isDone') === true;
  return { ...readState(state), end: isDone ? { kind: 'returned', output } : { kind: 'notYet' } };
}

/**
 * Reads the message of what an orchestrator function has thrown: the SDK puts its state behind a
 * marker. Undefined if there is none: then not the orchestrator's own code has failed.
 */
export function parseFailure(message: string): OrchestratorAnswer | undefined {
  const at = message.indexOf(failureMarker);
  if (at === -1) return undefined;
  const state: unknown = JSON.parse(message.slice(at + failureMarker.length));
  const error = ownMember(state, 'error');
  const text = typeof error === 'string' ? error : message.slice(0, at);
  return { ...readState(state), end: { kind: 'threw', message: text } };
}

function readState(state: unknown): Pick<OrchestratorAnswer, 'actions' | 'customStatus'> {
  const actions = ownMember(state, 'actions');
  const flat: unknown[] = Array.isArray(actions) ? actions.flat() : [];
  return { actions: readActions(flat), customStatus: toJsonText(ownMember(state, 'customStatus')) };
}

function readActions(values: unknown): Action[] {
  return Array.isArray(values) ? values.map(readAction) : [];
}

function readAction(value: unknown): Action {
  const fields = isRecord(value) ? value : {};
  const code = fields['actionType'];
  const read = typeof code === 'number' ? readers[code] : undefined;
  return read?.(fields) ?? { kind: 'unsupported', what: `the action ${JSON.stringify(code)}` };
}

function callActivity(fields: Fields, retry: RetryOptions | undefined): Action {
  const name = textOf(fields['functionName']);
  return { kind: 'callActivity', name, input: encodedTwice(fields['input']), retry };
}

function callSubOrchestrator(fields: Fields, retry: RetryOptions | undefined): Action {
  return {
    kind: 'callSubOrchestrator',
    name: textOf(fields['functionName']),
    input: toJsonText(fields['input']),
    instanceId: optionalText(fields['instanceId']),
    version: optionalText(fields['version']),
    retry,
  };
}

function createTimer(fields: Fields): Action {
  const fireAt = Date.parse(textOf(fields['fireAt']));
  if (Number.isNaN(fireAt)) return { kind: 'unsupported', what: 'a timer without a valid date' };
  const isCanceled = fields['isCanceled'] === true;
  return { kind: 'createTimer', fireAt: epochMs(fireAt), isCanceled };
}

function sendToEntity(kind: 'callEntity' | 'signalEntity', fields: Fields): Action {
  return {
    kind,
    target: textOf(fields['instanceId']),
    operation: textOf(fields['operation']),
    input: toJsonText(fields['input']),
  };
}

/** Absent members mean: no growth of the interval, no limits. Times are in milliseconds. */
function readRetry({ retryOptions }: Fields): RetryOptions {
  const number = (key: string): number | undefined => {
    const value = ownMember(retryOptions, key);
    return typeof value === 'number' ? value : undefined;
  };
  const duration = (key: string): DurationMs | undefined => {
    const value = number(key);
    return value === undefined ? undefined : durationMs(value);
  };
  return {
    firstInterval: duration('firstRetryIntervalInMilliseconds') ?? durationMs(1),
    maxAttempts: number('maxNumberOfAttempts') ?? 1,
    backoffCoefficient: number('backoffCoefficient') ?? 1,
    maxInterval: duration('maxRetryIntervalInMilliseconds'),
    timeout: duration('retryTimeoutInMilliseconds'),
  };
}

/** The SDK has encoded texts, and only these, before the whole was encoded. */
function encodedTwice(value: unknown): JsonText {
  return typeof value === 'string' ? value : toJsonText(value);
}

function toJsonText(value: unknown): JsonText {
  return value === undefined || value === null ? null : JSON.stringify(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
