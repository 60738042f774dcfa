import { createHash } from 'node:crypto';
import { isUtf8 } from 'node:buffer';
import { authorOutsideHubs, type Author } from '../../kernel/author.ts';
import { splitArray } from '../../kernel/json-text.ts';
import { skipSpace } from '../../kernel/json-text-scan.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { DeadMessage } from '../../ports/dead-letters.ts';
import type { Rejection } from '../../ports/events.ts';

/** A blob that Event Grid wrote: a JSON array of events that it could not deliver. */
export interface EventGridBlob {
  /** Container and name. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly readAt: EpochMs;
}

/** Event Grid writes at most a few hundred; more is none of its blobs, and stays in one piece. */
const maxEvents = 5_000;

/**
 * The dead letters in a blob, each with its event as it stands there. Total: a blob that is no such
 * array is one dead letter itself. Positions are those in the blob's content, so that a blob that is
 * read again brings the same dead letters.
 * Source: Event Grid documentation, "Dead letter and retry policies".
 */
export function readEventGridBlob(blob: EventGridBlob): readonly DeadMessage[] {
  const events = splitEvents(blob.bytes);
  if (events === undefined) return [wholeBlob(blob)];
  const author = authorOf(blob);
  return events.map((text, place) => deadEvent({ ...blob, author }, text, place));
}

function splitEvents(bytes: Uint8Array): readonly string[] | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  if (text[skipSpace(text, 0)] !== '[') return undefined;
  const split = splitArray(text, maxEvents);
  return split.ok ? split.items.map(({ start, end }) => text.slice(start, end)) : undefined;
}

interface Place extends EventGridBlob {
  readonly author: Author;
}

function deadEvent({ path, author, readAt }: Place, text: string, place: number): DeadMessage {
  const members = membersOf(text);
  const attempts = Number(members.get('deliveryattempts') ?? Number.NaN);
  return {
    ...messageAt(path, readAt),
    author,
    sequenceNumber: place,
    rejection: rejectionOf(members),
    deliveryCount: Number.isSafeInteger(attempts) && attempts >= 0 ? attempts : null,
    contentType: members.has('specversion') ? 'application/cloudevents+json' : 'application/json',
    body: Buffer.from(text, 'utf8'),
  };
}

function wholeBlob(blob: EventGridBlob): DeadMessage {
  const detail = 'The blob is no JSON array of events.';
  return {
    ...messageAt(blob.path, blob.readAt),
    author: authorOf(blob),
    sequenceNumber: 0,
    rejection: { category: 'schema', violations: [{ code: 'eventgrid.unreadable', detail }] },
    deliveryCount: null,
    contentType: null,
    body: blob.bytes,
  };
}

function messageAt(path: string, readAt: EpochMs) {
  return {
    // The name of a blob begins with the topic and the subscription that could not be delivered to.
    origin: `eventgrid/${path.split('/').slice(1, 3).join('/')}`,
    stage: 'deliver',
    partitionId: '0',
    offset: path,
    deadLetteredAt: readAt,
    sessionId: null,
    partitionKey: null,
    properties: new Map<string, unknown>(),
  };
}

/** The content tells a blob from another one that took its name. */
function authorOf({ path, bytes }: EventGridBlob): Author {
  return authorOutsideHubs('blob', path, createHash('sha256').update(bytes).digest('hex'));
}

const timeoutForm = /time[d-]?\s?out|timetolive|expired/i;

function rejectionOf(members: ReadonlyMap<string, unknown>): Rejection {
  const reason = textOf(members.get('deadletterreason'));
  const outcome = textOf(members.get('lastdeliveryoutcome'));
  const isTimeout = timeoutForm.test(reason) || timeoutForm.test(outcome);
  const code = /^\w{1,100}$/.test(reason) ? `eventgrid.${reason}` : 'eventgrid.reason_missing';
  const detail = `${reason}: last delivery ${outcome === '' ? 'unknown' : outcome}`;
  return {
    category: isTimeout ? 'timeout' : 'processing',
    violations: [{ code, detail: detail.slice(0, 1_000).toWellFormed() }],
  };
}

/** Names in lower case: the CloudEvents schema has them so, the Event Grid schema in camel case. */
function membersOf(text: string): ReadonlyMap<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null;
    return new Map(
      Object.entries(isObject ? value : {}).map(([name, member]) => [name.toLowerCase(), member]),
    );
  } catch {
    return new Map();
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
}
