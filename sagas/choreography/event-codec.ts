import type { ParticipantName } from '../../domain/messages.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import type { OutgoingMessage } from '../../shared/ports/bus.ts';
import { isStepEvent, type ChoreographyEvent, type Thread } from './choreography-event.ts';

const contentType = 'application/cloudevents+json';

/** The application property of an event that a simulated participant has put off once. */
export const postponedProperty = 'postponed';

/**
 * The CloudEvent (1.0, structured JSON) of a saga event, in the session of its saga. The application
 * property `participant` names who has to react, so that the others' subscriptions can pass it by.
 */
export function encodeEvent(
  event: ChoreographyEvent,
  participant: ParticipantName | undefined,
  isPostponed = false,
): OutgoingMessage {
  const { id, sagaId, ...data } = event;
  const traceparent = 'thread' in event ? event.thread.traceparent : undefined;
  const trace = traceparent === undefined ? {} : { traceparent };
  const type = `com.bronzeflow.saga.${'step' in event ? `${event.step}.` : ''}${event.kind}`;
  const envelope = {
    ...{ specversion: '1.0', id, type, source: '/sagas/choreography', subject: sagaId },
    ...{ correlationid: sagaId, datacontenttype: 'application/json' },
    ...trace,
    data,
  };
  return {
    ...{ sessionId: sagaId, correlationId: sagaId, contentType, subject: type },
    messageId: `${messageIdOf(event)}${isPostponed ? '/later' : ''}`,
    properties: {
      ...(participant !== undefined && { participant }),
      ...(isPostponed && { [postponedProperty]: true }),
      ...trace,
    },
    body: Buffer.from(JSON.stringify(envelope)),
  };
}

/**
 * The broker drops a message whose id it has seen: without that, every repetition would be repeated
 * by all that follow. The answer to a repeated question has to pass. At most 128 characters, as a
 * saga id has at most 90.
 */
function messageIdOf(event: ChoreographyEvent): string {
  const isRepeated = isStepEvent(event) && event.kind !== 'undo-refused' && event.attempt > 1;
  return isRepeated ? `${event.id}/${event.attempt}` : event.id;
}

/** Reads a message of the topic; the problem says what is wrong with it. */
export function decodeEvent(body: Uint8Array): Result<ChoreographyEvent, string> {
  const envelope = parse(body);
  if (!isRecord(envelope) || !isRecord(envelope['data'])) return fail('it is no CloudEvent');
  const { id, subject: sagaId, data } = envelope;
  if (!isText(id) || !isText(sagaId)) return fail('id or subject is missing');
  const problem = problemOf(data, sagaId);
  if (problem !== undefined) return fail(problem);
  return succeed({ ...data, id, sagaId } as unknown as ChoreographyEvent);
}

function problemOf(data: Fields, sagaId: string): string | undefined {
  const { kind, thread } = data;
  const check = checks.get(kind);
  if (check === undefined) return 'its kind is unknown';
  if (!check(data)) return `it lacks what ${String(kind)} needs`;
  const isForeign = isRecord(thread) && thread['sagaId'] !== sagaId;
  return isForeign ? 'it is in the session of another saga' : undefined;
}

type Fields = Readonly<Record<string, unknown>>;
type Check = (data: Fields) => boolean;

const isTold: Check = ({ thread }) => isThread(thread);
const isAnswer: Check = (data) =>
  isTold(data) && isText(data['step']) && Number.isSafeInteger(data['attempt']);
const isRefusal: Check = (data) =>
  isAnswer(data) && isText(data['code']) && typeof data['detail'] === 'string';

const checks: ReadonlyMap<unknown, Check> = new Map<ChoreographyEvent['kind'], Check>([
  ['start-requested', isTold],
  ['cancel-requested', ({ reason, at }) => isReason(reason) && Number.isFinite(at)],
  ['clock-struck', () => true],
  ['started', isTold],
  ['cancelled', isTold],
  ['done', isAnswer],
  ['undone', isAnswer],
  ['refused', isRefusal],
  ['undo-refused', isRefusal],
  ['step-awaited', isAnswer],
  ['undo-awaited', isAnswer],
  ['undo-failed', (data) => isTold(data) && isText(data['step'])],
  ['ended', (data) => isTold(data) && isText(data['outcome'])],
]);

function isThread(value: unknown): value is Thread {
  if (!isRecord(value)) return false;
  const { definition, sagaId, facts, startedAt, deadline, undos } = value;
  const hasNames = isText(definition) && isText(sagaId) && isRecord(facts);
  const hasInstants = Number.isFinite(startedAt) && Number.isFinite(deadline);
  return hasNames && hasInstants && Array.isArray(undos) && undos.every(isUndo);
}

function isUndo(value: unknown): boolean {
  return isRecord(value) && isText(value['step']) && isText(value['status']);
}

function isReason(value: unknown): boolean {
  return isRecord(value) && isText(value['code']) && typeof value['detail'] === 'string';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
