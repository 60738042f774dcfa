import { fail, succeed, type Result } from '../../kernel/result.ts';
import { epochMicros, epochMs, type EpochMicros, type EpochMs } from '../../kernel/time.ts';
import type { Resolution } from '../../ports/dead-letters.ts';
import type { HubMessage } from '../../ports/hub.ts';
import type { ResolutionChange, ResolvedLetter } from '../../ports/resolutions.ts';
import type { OutgoingEvent } from '../hub-sender.ts';
import {
  categories,
  isFields,
  isWithin,
  lastInstant,
  maxInteger,
  parseObject,
  readCount,
  readText,
  readViolation,
  type Fields,
} from './letter-head-codec.ts';

/*
 * A change of resolution on its way through the hub `dead-letters`: one JSON object with what the
 * row of the analysis table says. Like a letter it has all in its body, and one that is too large
 * for the hub rests as a blob.
 */

const markName = 'x-bronzeflow-resolution';
const version = '1';

/** The event that carries a change of resolution. */
export function encodeResolution(change: ResolutionChange): OutgoingEvent {
  const { letter, ...others } = change;
  const { eventTime } = letter;
  const plain = { ...letter, eventTime: eventTime === null ? null : eventTime.toString() };
  return {
    contentType: 'application/json',
    properties: new Map([[markName, version]]),
    body: Buffer.from(JSON.stringify({ ...others, letter: plain }), 'utf8'),
  };
}

/** Whether a message says that it is a change of resolution. A host may take the text for a number. */
export function isResolution({ properties }: HubMessage): boolean {
  return String(properties.get(markName)) === version;
}

/** Reads a change of resolution member by member. Total: any message is one, or it is said why not. */
export function decodeResolution({ body }: HubMessage): Result<ResolutionChange, string> {
  const fields = parseObject(Buffer.from(body).toString('utf8'));
  if (fields === undefined) return fail('its body is no JSON object');
  const { number, payloadPurgedAt } = fields;
  if (!isWithin(number, maxInteger) || number === 0) return fail('it has no number');
  const resolution = readResolution(fields['resolution']);
  if (resolution === undefined) return fail('it does not say what became of the dead letter');
  const letter = readLetter(fields['letter']);
  if (letter === undefined) return fail('it does not say which dead letter');
  return succeed({ letter, number, resolution, payloadPurgedAt: readInstant(payloadPurgedAt) });
}

const states = ['open', 'replayed', 'discarded', 'purged'] as const;

function readResolution(value: unknown): Resolution | undefined {
  if (!isFields(value)) return undefined;
  const state = states.find((known) => known === value['state']);
  if (state === undefined) return undefined;
  const { at, by, why } = value;
  return { state, at: readInstant(at), by: readText(by) ?? '', why: readText(why) ?? '' };
}

function readLetter(value: unknown): ResolvedLetter | undefined {
  if (!isFields(value)) return undefined;
  const id = readText(value['id']);
  const deadLetteredAt = readInstant(value['deadLetteredAt']);
  const category = categories.find((known) => known === value['category']);
  if (id === undefined || deadLetteredAt === undefined || category === undefined) return undefined;
  const cause = readCause(value);
  if (cause === undefined) return undefined;
  return { id, deadLetteredAt, category, ...cause, ...readPlace(value), ...readEvent(value) };
}

function readCause(fields: Fields) {
  const code = readText(fields['code']);
  const all = Array.isArray(fields['violations']) ? (fields['violations'] as unknown[]) : [];
  const [first, ...others] = all.flatMap(readViolation);
  if (code === undefined || first === undefined) return undefined;
  return {
    code,
    violations: [first, ...others] as const satisfies ResolvedLetter['violations'],
    failureGroup: readText(fields['failureGroup']) ?? code,
  };
}

function readPlace(fields: Fields) {
  const { sequenceNumber } = fields;
  return {
    ...readTexts(fields, ['partitionId', 'offset', 'origin', 'stage'], ''),
    sequenceNumber: isWithin(sequenceNumber, Number.MAX_SAFE_INTEGER) ? sequenceNumber : 0,
    itemIndex: readCount(fields['itemIndex']) ?? 0,
    retryCount: readCount(fields['retryCount']) ?? 0,
    deliveryCount: readCount(fields['deliveryCount']),
  };
}

const eventTexts = [
  ...(['eventId', 'source', 'type', 'schemaVersion', 'subject'] as const),
  ...(['traceparent', 'correlationId', 'causationId'] as const),
];

function readEvent(fields: Fields) {
  return { ...readTexts(fields, eventTexts, null), eventTime: readMicros(fields['eventTime']) };
}

function readTexts<const Name extends string, Absent>(
  fields: Fields,
  names: readonly Name[],
  absent: Absent,
): Record<Name, string | Absent> {
  const texts = names.map((name) => [name, readText(fields[name]) ?? absent]);
  return Object.fromEntries(texts) as Record<Name, string | Absent>;
}

function readInstant(value: unknown): EpochMs | undefined {
  return isWithin(value, lastInstant) ? epochMs(value) : undefined;
}

const maxInt64 = 2n ** 63n - 1n;

/** Microseconds that a Delta timestamp can hold. */
function readMicros(value: unknown): EpochMicros | null {
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) return null;
  const micros = BigInt(value);
  return micros >= -maxInt64 && micros <= maxInt64 ? epochMicros(micros) : null;
}
