import { assertNever } from '../../../../shared/kernel/assert-never.ts';
import { decodeCondition, encodeCondition, type ErrorCondition } from './conditions.ts';
import { FieldReader } from './fields.ts';
import {
  typedNull,
  unwrap,
  wrapBoolean,
  wrapDescribed,
  wrapList,
  wrapSymbolMap,
  type PlainValue,
  type Typed,
  type TypedMap,
} from './typed.ts';

/** What the receiver of a delivery says has become of it. Source: AMQP 1.0 part 3, 3.4. */
export type Outcome =
  | { readonly type: 'accepted' }
  | { readonly type: 'rejected'; readonly error: ErrorCondition | undefined }
  | { readonly type: 'released' }
  | {
      readonly type: 'modified';
      readonly deliveryFailed: boolean;
      readonly undeliverableHere: boolean;
      readonly annotations: TypedMap;
    };

const codes = { accepted: 0x24, rejected: 0x25, released: 0x26, modified: 0x27 } as const;

export const accepted: Outcome = { type: 'accepted' };
export const released: Outcome = { type: 'released' };

export function rejectedWith(error: ErrorCondition): Outcome {
  return { type: 'rejected', error };
}

export function encodeOutcome(outcome: Outcome): Typed {
  return wrapDescribed(codes[outcome.type], wrapList(outcomeFields(outcome)));
}

/** Reads a delivery state; undefined if it is absent or no outcome (`received`, transactional). */
export function decodeOutcome(state: Typed | undefined): Outcome | undefined {
  if (state?.descriptor === undefined) return undefined;
  const decode = decoders.get(unwrap(state.descriptor));
  return decode?.(new FieldReader('outcome', state));
}

const decoders = new Map<PlainValue, (fields: FieldReader) => Outcome>([
  [codes.accepted, () => accepted],
  ['amqp:accepted:list', () => accepted],
  [codes.rejected, decodeRejected],
  ['amqp:rejected:list', decodeRejected],
  [codes.released, () => released],
  ['amqp:released:list', () => released],
  [codes.modified, decodeModified],
  ['amqp:modified:list', decodeModified],
]);

function decodeRejected(fields: FieldReader): Outcome {
  return { type: 'rejected', error: decodeCondition(fields.raw(0)) };
}

function decodeModified(fields: FieldReader): Outcome {
  return {
    type: 'modified',
    deliveryFailed: fields.boolean(0, 'delivery-failed'),
    undeliverableHere: fields.boolean(1, 'undeliverable-here'),
    annotations: fields.map(2, 'message-annotations'),
  };
}

function outcomeFields(outcome: Outcome): Typed[] {
  switch (outcome.type) {
    case 'accepted':
    case 'released':
      return [];
    case 'rejected':
      return [outcome.error === undefined ? typedNull : encodeCondition(outcome.error)];
    case 'modified':
      return [
        wrapBoolean(outcome.deliveryFailed),
        wrapBoolean(outcome.undeliverableHere),
        wrapSymbolMap(outcome.annotations),
      ];
    default:
      return assertNever(outcome);
  }
}
