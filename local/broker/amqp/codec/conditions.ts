import { FieldReader } from './fields.ts';
import {
  emptyMap,
  typedNull,
  wrapDescribed,
  wrapList,
  wrapString,
  wrapSymbol,
  wrapSymbolMap,
  type Typed,
  type TypedMap,
} from './typed.ts';

/** Why a link, session, connection or delivery was refused, in the words of the protocol. */
export interface ErrorCondition {
  /** A symbol such as `amqp:not-found` or `com.microsoft:message-lock-lost`. */
  readonly condition: string;
  readonly description: string;
  readonly info?: TypedMap;
}

const errorCode = 0x1d;

export function encodeCondition(error: ErrorCondition): Typed {
  return wrapDescribed(
    errorCode,
    wrapList([
      wrapSymbol(error.condition),
      wrapString(error.description),
      error.info === undefined ? typedNull : wrapSymbolMap(error.info),
    ]),
  );
}

/** Reads an error leniently: a peer that reports a failure badly has still failed. */
export function decodeCondition(value: Typed | undefined): ErrorCondition | undefined {
  if (value === undefined) return undefined;
  const fields = new FieldReader('error', value);
  return {
    condition: fields.text(0, 'condition') ?? 'amqp:internal-error',
    description: fields.text(1, 'description') ?? '',
    info: fields.raw(2) === undefined ? emptyMap : fields.map(2, 'info'),
  };
}
