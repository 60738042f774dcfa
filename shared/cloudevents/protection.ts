import { findValues, parsePointer, replaceSpans } from '../kernel/json-text-replace.ts';
import { skipSpace } from '../kernel/json-text-scan.ts';
import type { JsonText, Member } from '../kernel/json-text.ts';
import type { PersonalContext, PersonalField, Privacy } from '../ports/privacy.ts';
import type { DecodedEvent } from './decoded-event.ts';
import { decodeBase64, decodeText, readJson } from './json-bytes.ts';

/** An event's data and bytes as they may be stored. */
export interface Stored {
  readonly data: string | null;
  readonly payload: () => Uint8Array;
}

export interface Protection {
  readonly privacy: Privacy;
  readonly fields: readonly PersonalField[];
  readonly context: PersonalContext;
}

/** Where personal fields were expected but cannot be told apart, all of it counts as personal. */
const everything: PersonalField = { pointer: '', treatment: 'encrypt', kind: 'data' };

/** The event as it was sent: the catalogue says that it holds nothing personal. */
export function storeAsSent(event: DecodedEvent, bytes: () => Uint8Array): Stored {
  const { data } = event;
  if (data.kind === 'json') return { data: data.text, payload: bytes };
  const encoded = data.kind === 'binary' ? Buffer.from(data.bytes).toString('base64') : null;
  return { data: encoded, payload: bytes };
}

/** The event with its personal values replaced in place; every other byte stays. */
export function storeProtected(
  event: DecodedEvent,
  bytes: () => Uint8Array,
  protection: Protection,
): Stored {
  const { envelope } = event;
  const data = protectData(event, protection);
  if (envelope !== undefined) {
    const done =
      event.data.kind === 'json' && data !== null ? { from: event.data.text, to: data } : undefined;
    const payload = (): Buffer => Buffer.from(protectEnvelope(envelope, protection, done));
    return { data, payload };
  }
  if (event.data.kind === 'none') return { data, payload: bytes };
  const body = data ?? protectBytes(bytes(), protection);
  return { data, payload: () => Buffer.from(body) };
}

function protectData({ data }: DecodedEvent, protection: Protection): string | null {
  if (data.kind === 'json') return protectJson(data.text, protection);
  return data.kind === 'binary' ? protectBytes(data.bytes, protection) : null;
}

/** A text that has been protected already. */
interface Done {
  readonly from: string;
  readonly to: string;
}

/** Replaces in every `data` of the envelope, also where a repeated name hides all but the last. */
function protectEnvelope(
  { text, members }: JsonText,
  protection: Protection,
  done: Done | undefined,
): string {
  const replacements = members.flatMap((member) => {
    const spelling = text.slice(member.start, member.end);
    const isDone = member.name === 'data' && spelling === done?.from;
    const replaced = isDone ? done.to : protectMember(member, spelling, protection);
    return replaced === undefined ? [] : [{ ...member, text: replaced }];
  });
  return replaceSpans(text, replacements);
}

function protectMember(
  { name }: Member,
  spelling: string,
  protection: Protection,
): string | undefined {
  if (name === 'data') return protectJson(spelling, protection);
  if (name !== 'data_base64') return undefined;
  const inner = jsonInBase64(spelling);
  if (inner === undefined) return protectWhole(spelling, protection);
  return `"${Buffer.from(protectJson(inner, protection)).toString('base64')}"`;
}

function jsonInBase64(spelling: string): string | undefined {
  const encoded: unknown = JSON.parse(spelling);
  const bytes = typeof encoded === 'string' ? decodeBase64(encoded) : undefined;
  const text = bytes === undefined ? undefined : decodeText(bytes);
  return text?.ok === true && readJson(text.value, Infinity).ok ? text.value : undefined;
}

function protectJson(text: string, protection: Protection): string {
  const start = skipSpace(text, 0);
  if (text[start] !== '{') return protectWhole(text, protection);
  const replacements = protection.fields.flatMap((field) =>
    findValues(text, start, parsePointer(field.pointer) ?? []).map((span) => ({
      ...span,
      text: protectValue(text.slice(span.start, span.end), field, protection),
    })),
  );
  return replaceSpans(text, replacements);
}

/** `null` says that there is no value, and stays. */
function protectValue(spelling: string, field: PersonalField, protection: Protection): string {
  if (spelling === 'null') return spelling;
  return protection.privacy.protect(spelling, field, protection.context);
}

function protectWhole(spelling: string, protection: Protection): string {
  return protectValue(spelling.trim(), everything, protection);
}

function protectBytes(bytes: Uint8Array, protection: Protection): string {
  return protectWhole(`"${Buffer.from(bytes).toString('base64')}"`, protection);
}
