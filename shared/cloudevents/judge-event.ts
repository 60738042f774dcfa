import { canonicalise } from '../kernel/json-text-canonical.ts';
import { skipSpace } from '../kernel/json-text-scan.ts';
import type { Catalogue, EventType } from '../ports/catalogue.ts';
import type { EventKey, Judgement, Rejection, Violation } from '../ports/events.ts';
import { textOf } from './attributes.ts';
import type { DecodedData, DecodedEvent } from './decoded-event.ts';
import { checkEnvelope } from './envelope-rules.ts';
import type { Profile } from './envelope-rules.ts';
import type { KeyFunction, KeyMaterial } from './event-key.ts';
import type { HmacSha256 } from './hmac-sha256.ts';
import { payloadHash } from './payload-hash.ts';
import { show, violation } from './rejection-codes.ts';
import { classify } from './schema-rules.ts';
import { parseTimestamp } from './timestamp.ts';
import type { Timestamp } from './timestamp.ts';

export interface Judge {
  readonly catalogue: Catalogue;
  readonly profile: Profile;
  readonly hmac: HmacSha256;
  readonly keyOf: KeyFunction;
}

/** The verdict on one event, with what was learnt on the way. */
export interface Judged {
  readonly judgement: Judgement;
  readonly type: EventType | undefined;
  readonly version: string | null;
  readonly time: Timestamp | undefined;
}

/** So many violations of one event are spelled out. */
const maxViolations = 100;

/** Judges an event by all rules, so that a producer sees everything that is wrong with it at once. */
export function judgeEvent(event: DecodedEvent, judge: Judge): Judged {
  const timeText = event.attributes.time;
  const time = typeof timeText === 'string' ? parseTimestamp(timeText) : undefined;
  const classified = classify(event, judge.catalogue, judge.profile);
  const canonical = canonicalData(event.data);
  const violations = allOf([
    event.violations,
    checkEnvelope(event, judge.profile, time),
    classified.violations,
    canonical.violations,
  ]);
  const { type, version } = classified;
  const rejection = rejectionOf(violations);
  const judgement: Judgement =
    rejection === undefined && type !== undefined
      ? accept({ event, type, data: canonical.text }, judge)
      : reject(rejection ?? noReason);
  return { judgement, type, version, time };
}

/** Most events have none, and then nothing is copied. */
function allOf(lists: readonly (readonly Violation[])[]): readonly Violation[] {
  return lists.every((list) => list.length === 0) ? [] : lists.flat();
}

/** The rejection for violations, none for none. */
function rejectionOf(violations: readonly Violation[]): Rejection | undefined {
  const [first, ...others] = violations;
  if (first === undefined) return undefined;
  const more = violations.length - maxViolations;
  if (more <= 0) return { category: 'schema', violations: [first, ...others] };
  const tail = violation('violations.more', { found: `${more} more` });
  return { category: 'schema', violations: [first, ...others.slice(0, maxViolations - 1), tail] };
}

function reject(rejection: Rejection): Judgement {
  return { kind: 'rejected', rejection };
}

/** An event without a type has a violation that says so; this is for the compiler. */
const noReason: Rejection = { category: 'schema', violations: [violation('type.unregistered')] };

interface Acceptable {
  readonly event: DecodedEvent;
  readonly type: EventType;
  /** Canonical. */
  readonly data: string;
}

function accept({ event, type, data }: Acceptable, judge: Judge): Judgement {
  const material = materialOf(event);
  const key: EventKey | undefined = judge.keyOf(material);
  if (key === undefined) {
    return reject({ category: 'schema', violations: [violation('idempotency.key_missing')] });
  }
  const hashed = { type: material.type, subject: material.subject, data };
  return {
    kind: 'accepted',
    key,
    table: type.table,
    payloadHash: payloadHash(judge.hmac, hashed),
  };
}

function materialOf({ attributes, data }: DecodedEvent): KeyMaterial {
  return {
    source: textOf(attributes.source) ?? '',
    id: textOf(attributes.id) ?? '',
    type: textOf(attributes.type) ?? '',
    subject: textOf(attributes.subject),
    data: data.kind === 'json' ? data.text : null,
  };
}

interface CanonicalData {
  readonly text: string;
  readonly violations: readonly Violation[];
}

function canonicalData(data: DecodedData): CanonicalData {
  if (data.kind === 'binary') {
    return { text: Buffer.from(data.bytes).toString('base64'), violations: [] };
  }
  if (data.kind !== 'json') return { text: '', violations: [] };
  const { text, duplicates } = canonicalise(data.text, skipSpace(data.text, 0));
  const violations = duplicates.map((name) =>
    violation('json.duplicate_key', { found: show(name), pointer: '/data' }),
  );
  return { text, violations };
}
