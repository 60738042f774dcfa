import { splitArray } from '../kernel/json-text.ts';
import { skipSpace } from '../kernel/json-text-scan.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import type { EventReader, ReadItem, Violation } from '../ports/events.ts';
import type { HubMessage } from '../ports/hub.ts';
import type { PersonalContext, Privacy } from '../ports/privacy.ts';
import { textOf } from './attributes.ts';
import { attributeBytes, decodeBinary } from './binary-mode.ts';
import { columnsOf, emptyColumns } from './columns.ts';
import { contentModeOf } from './content-mode.ts';
import type { ContentMode } from './content-mode.ts';
import type { Decoded, DecodedEvent, ReaderLimits } from './decoded-event.ts';
import type { Profile } from './envelope-rules.ts';
import type { KeyFunction } from './event-key.ts';
import { HmacSha256 } from './hmac-sha256.ts';
import { decodeText } from './json-bytes.ts';
import { judgeEvent } from './judge-event.ts';
import type { Judge, Judged } from './judge-event.ts';
import { storeAsSent, storeProtected } from './protection.ts';
import type { Stored } from './protection.ts';
import { violation } from './rejection-codes.ts';
import { decodeStructured } from './structured-mode.ts';

export interface EventReaderOptions {
  readonly catalogue: Catalogue;
  readonly privacy: Privacy;
  readonly profile: Profile;
  readonly limits: ReaderLimits;
  /** Secret of the payload hash, 32 bytes. Another key makes every copy of an old event a mismatch. */
  readonly hashKey: Uint8Array;
  readonly keyFunction: KeyFunction;
}

/** The limits of ISL-05: 256 KB an event. */
export const defaultLimits: ReaderLimits = {
  maxEventBytes: 256 * 1024,
  maxDepth: 64,
  maxBatchEvents: 1_000,
};

/**
 * Up to this size an event that is too large is still read, so that its dead letter has columns and
 * no personal values; it is the largest event that the limit may be set to allow.
 */
const maxReadableBytes = 1024 * 1024;

type NonEmpty<Item> = readonly [Item, ...Item[]];

/** Reads messages as CloudEvents in structured, binary or batch mode and judges every event. */
export function createEventReader(options: EventReaderOptions): EventReader {
  const reader = new Reader(options);
  return { read: (message) => reader.read(message) };
}

/** One event of a message, before it is decoded. */
interface Source {
  readonly index: number;
  readonly sizeBytes: number;
  readonly bytes: () => Uint8Array;
  readonly decode: () => Decoded;
}

class Reader {
  readonly #options: EventReaderOptions;
  readonly #judge: Judge;

  constructor(options: EventReaderOptions) {
    const { catalogue, profile, hashKey, keyFunction } = options;
    this.#options = options;
    this.#judge = { catalogue, profile, hmac: new HmacSha256(hashKey), keyOf: keyFunction };
  }

  read(message: HubMessage): NonEmpty<ReadItem> {
    const mode = contentModeOf(message);
    if (mode === 'binary') return [this.#readBinary(message)];
    const { body } = message;
    if (body.length === 0) return [unreadable(message, violation('bytes.empty'))];
    if (mode === 'unsupported-format') {
      return [unreadable(message, violation('mode.unsupported_format'))];
    }
    return mode === 'no-event'
      ? [unreadable(message, violation('mode.not_an_event'))]
      : this.#readText(message, mode);
  }

  #readBinary(message: HubMessage): ReadItem {
    const { maxDepth } = this.#options.limits;
    return this.#readEvent({
      index: 0,
      sizeBytes: message.body.length + attributeBytes(message),
      bytes: () => message.body,
      decode: () => decodeBinary(message, maxDepth),
    });
  }

  #readText(message: HubMessage, mode: ContentMode): NonEmpty<ReadItem> {
    const { limits } = this.#options;
    const { body } = message;
    // Nothing that large can be events of the allowed size, so it is not even decoded.
    const most = Math.max(limits.maxBatchEvents * limits.maxEventBytes, maxReadableBytes);
    if (body.length > most) return [unreadable(message, tooLarge(body.length, limits))];
    const text = decodeText(body);
    if (!text.ok) return [unreadable(message, violation(text.code))];
    const isBatch = mode === 'batch' || (mode === 'json' && startsArray(text.value));
    if (isBatch) return this.#readBatch(message, text.value);
    const decode = (): Decoded => decodeStructured(text.value, limits.maxDepth);
    return [this.#readEvent({ index: 0, sizeBytes: body.length, bytes: () => body, decode })];
  }

  #readBatch(message: HubMessage, text: string): NonEmpty<ReadItem> {
    const { maxBatchEvents, maxDepth } = this.#options.limits;
    if (!startsArray(text)) return [unreadable(message, violation('batch.not_array'))];
    const split = splitArray(text, maxBatchEvents);
    if (!split.ok) {
      const code = split.fault === 'too_many' ? 'batch.too_many' : (`json.${split.fault}` as const);
      return [unreadable(message, violation(code))];
    }
    const [first, ...others] = split.items.map(({ start, end }, index) => {
      const item = text.slice(start, end);
      return this.#readEvent({
        index,
        sizeBytes: Buffer.byteLength(item),
        bytes: () => Buffer.from(item),
        decode: () => decodeStructured(item, maxDepth),
      });
    });
    return first === undefined
      ? [unreadable(message, violation('batch.empty'))]
      : [first, ...others];
  }

  #readEvent(source: Source): ReadItem {
    const { sizeBytes } = source;
    const { limits } = this.#options;
    const oversize = sizeBytes > limits.maxEventBytes ? tooLarge(sizeBytes, limits) : undefined;
    if (oversize !== undefined && sizeBytes > maxReadableBytes) return noEvent(source, oversize);
    const decoded = source.decode();
    if (!decoded.ok) return noEvent(source, oversize ?? decoded.violation);
    const item = this.#judgeEvent(source, decoded.event);
    return oversize === undefined ? item : { ...item, judgement: rejectedFor(oversize) };
  }

  #judgeEvent({ index, bytes }: Source, event: DecodedEvent): ReadItem {
    const judged = judgeEvent(event, this.#judge);
    const { judgement, version, time } = judged;
    const stored = this.#store(event, judged, bytes);
    const parts = { time: time?.instant ?? null, version, data: stored.data };
    return { index, judgement, columns: columnsOf(event, parts), payload: stored.payload };
  }

  #store(event: DecodedEvent, { type }: Judged, bytes: () => Uint8Array): Stored {
    if (type === undefined || type.personal.length === 0) return storeAsSent(event, bytes);
    const context: PersonalContext = {
      source: textOf(event.attributes.source) ?? '',
      id: textOf(event.attributes.id) ?? '',
    };
    const { privacy } = this.#options;
    return storeProtected(event, bytes, { privacy, fields: type.personal, context });
  }
}

function startsArray(text: string): boolean {
  return text[skipSpace(text, 0)] === '[';
}

function tooLarge(sizeBytes: number, limits: ReaderLimits): Violation {
  return violation('size.exceeded', { found: `${sizeBytes} of ${limits.maxEventBytes} bytes` });
}

function unreadable(message: HubMessage, reason: Violation): ReadItem {
  return noEvent({ index: 0, bytes: () => message.body }, reason);
}

function noEvent({ index, bytes }: Pick<Source, 'index' | 'bytes'>, reason: Violation): ReadItem {
  return { index, judgement: rejectedFor(reason), columns: emptyColumns, payload: bytes };
}

function rejectedFor(reason: Violation): ReadItem['judgement'] {
  return { kind: 'rejected', rejection: { category: 'schema', violations: [reason] } };
}
