import type { Author } from '../../kernel/author.ts';
import { fail, succeed, type Result } from '../../kernel/result.ts';
import { epochMs } from '../../kernel/time.ts';
import type { CarriedDeadLetter, Rejection, Violation } from '../../ports/events.ts';

/** What the first line of a letter says. */
export interface LetterHead {
  readonly head: CarriedDeadLetter;
  /** Application properties, as the host spelled them. */
  readonly properties: ReadonlyMap<string, unknown>;
  /** Places in a JSON batch whose events have their verdicts elsewhere. */
  readonly judged: readonly number[];
}

export type Fields = Readonly<Record<string, unknown>>;

/** The end of the year 9999, the last that a Delta date can spell. */
export const lastInstant = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
export const maxInteger = 2 ** 31 - 1;
export const categories = ['schema', 'processing', 'timeout', 'poison'] as const;

/** Reads the head of a letter, member by member. Total on any text. */
export function readHead(text: string): Result<LetterHead, string> {
  const fields = parseObject(text);
  if (fields === undefined) return fail('its head is no JSON object');
  const propertiesText = readText(fields['properties']) ?? '{}';
  const properties = parseObject(propertiesText);
  if (properties === undefined) return fail('its properties are no JSON object');
  const rejection = readRejection(fields['rejection']);
  const place = readPlace(fields);
  if (rejection === undefined) return fail('its head does not say why');
  if (place === undefined) return fail('its head does not say where and when');
  return succeed({
    head: {
      ...place,
      rejection,
      ...readTransport(fields),
      properties: propertiesText,
    },
    properties: new Map(Object.entries(properties)),
    judged: readNumbers(fields['judged']),
  });
}

function readTransport(fields: Fields) {
  const retryCount = readCount(fields['retryCount']);
  return {
    deliveryCount: readCount(fields['deliveryCount']),
    ...(retryCount !== null && { retryCount }),
    contentType: readText(fields['contentType']) ?? null,
    sessionId: readText(fields['sessionId']) ?? null,
    partitionKey: readText(fields['partitionKey']) ?? null,
  };
}

function readPlace(fields: Fields) {
  const { sequenceNumber, deadLetteredAt } = fields;
  const [author, origin, stage] = [fields['author'], fields['origin'], fields['stage']].map(
    readText,
  );
  const [partitionId, offset] = [fields['partitionId'], fields['offset']].map(readText);
  if (!isWithin(sequenceNumber, Number.MAX_SAFE_INTEGER)) return undefined;
  if (!isWithin(deadLetteredAt, lastInstant)) return undefined;
  if (author === undefined || origin === undefined || stage === undefined) return undefined;
  return {
    author: author as Author,
    sequenceNumber,
    origin,
    stage,
    partitionId: partitionId ?? '',
    offset: offset ?? '',
    deadLetteredAt: epochMs(deadLetteredAt),
  } satisfies Partial<CarriedDeadLetter>;
}

function readRejection(value: unknown): Rejection | undefined {
  if (!isFields(value) || !Array.isArray(value['violations'])) return undefined;
  const category = categories.find((known) => known === value['category']);
  const [first, ...others] = (value['violations'] as readonly unknown[]).flatMap(readViolation);
  return category === undefined || first === undefined
    ? undefined
    : { category, violations: [first, ...others] };
}

export function readViolation(value: unknown): Violation[] {
  if (!isFields(value)) return [];
  const [code, detail, pointer] = [value['code'], value['detail'], value['pointer']].map(readText);
  if (code === undefined) return [];
  return [{ code, detail: detail ?? '', ...(pointer !== undefined && { pointer }) }];
}

function readNumbers(value: unknown): readonly number[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one): one is number => isWithin(one, maxInteger));
}

/** A count that a Delta integer can hold. */
export function readCount(value: unknown): number | null {
  return isWithin(value, maxInteger) ? value : null;
}

/** A text that UTF-8 can spell. */
export function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value.toWellFormed() : undefined;
}

export function isWithin(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
