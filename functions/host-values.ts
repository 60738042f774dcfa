import { AppError } from '../shared/kernel/app-error.ts';
import { spellJson } from '../shared/kernel/properties-text.ts';
import { epochMs, type EpochMs } from '../shared/kernel/time.ts';

/** The member of a value that a host made, or undefined: never one of the prototype. */
export function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

/** The members of an object as a Map, so that no key can be mistaken for a method. */
export function toMap(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

/**
 * A list of as many values as there are messages.
 * Errors: `bug` (permanent) when the host sent another number.
 */
export function toListOf(value: unknown, count: number, name: string): readonly unknown[] {
  if (Array.isArray(value) && value.length === count) return value;
  const found = Array.isArray(value) ? `${value.length}` : 'none';
  throw unexpected(name, `${found} where there are ${count} messages`);
}

/** As `toListOf`, for what the host may leave out: then every message has none. */
export function toOptionalListOf(value: unknown, count: number): readonly unknown[] {
  if (Array.isArray(value) && value.length === count) return value;
  return Array.from({ length: count }, () => undefined);
}

/** A host spells a 64-bit number as a number, as text, or in two halves of 32 bits. */
export function toWholeNumber(value: unknown, name: string): number {
  const number = readWholeNumber(value);
  if (number !== undefined) return number;
  throw unexpected(name, 'no whole number');
}

/** A host spells an instant in ISO 8601, without an offset when it means UTC. */
export function toInstant(value: unknown, name: string): EpochMs {
  const instant = readInstant(value);
  if (instant !== undefined) return instant;
  throw unexpected(name, 'no instant');
}

/** As `toWholeNumber`, of what the host may leave out: undefined for what is no count. */
export function toOptionalCount(value: unknown): number | undefined {
  const number = readWholeNumber(value);
  return number !== undefined && number >= 0 ? number : undefined;
}

/** As `toInstant`, of what the host may leave out: undefined for what is no instant since 1970. */
export function toOptionalInstant(value: unknown): EpochMs | undefined {
  const instant = readInstant(value);
  return instant !== undefined && instant >= 0 ? instant : undefined;
}

/** A text; the host library parses texts that look like JSON, so a number may be one. */
export function toText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' ? value : spellJson(value);
}

/** The bytes of a message. A parsed object would be no longer what the producer sent. */
export function toBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  throw unexpected('message body', `a ${typeof value} instead of bytes (dataType must be binary)`);
}

/** As `toBytes`, of any value: what is no bytes has its JSON text stand for it. */
export function toAnyBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value === undefined || value === null) return new Uint8Array();
  return Buffer.from(typeof value === 'string' ? value : spellJson(value), 'utf8');
}

function readWholeNumber(value: unknown): number | undefined {
  const number = isHalves(value)
    ? Number((BigInt(value.high) << 32n) | BigInt(value.low >>> 0))
    : Number(typeof value === 'number' || typeof value === 'string' ? value : Number.NaN);
  return value !== '' && Number.isSafeInteger(number) ? number : undefined;
}

function readInstant(value: unknown): EpochMs | undefined {
  const text = value instanceof Date ? value.toISOString() : value;
  if (typeof text !== 'string') return undefined;
  const instant = Date.parse(/(z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(instant) ? undefined : epochMs(instant);
}

function isHalves(value: unknown): value is { readonly low: number; readonly high: number } {
  return typeof memberOf(value, 'low') === 'number' && typeof memberOf(value, 'high') === 'number';
}

function unexpected(name: string, found: string): AppError {
  return new AppError('bug', `The Functions host sent ${name} as ${found}.`, {
    kind: 'permanent',
    details: { name },
  });
}
