import type { HubMessage } from '../../../shared/ports/hub.ts';
import { messageOf, sampleWith } from './messages.ts';

/** A message and all the codes that its first item is refused with. */
export interface RejectionVector {
  readonly name: string;
  readonly message: HubMessage;
  readonly codes: readonly string[];
  /** The bytes that the item keeps; default: the body. */
  readonly payload?: string;
  /** Default: strict. */
  readonly profile?: 'strict' | 'core';
}

const structuredType = 'application/cloudevents+json';
export const batchType = 'application/cloudevents-batch+json';

export function vector(
  name: string,
  body: string | Uint8Array,
  ...codes: string[]
): RejectionVector {
  return { name, message: messageOf(body, { contentType: structuredType }), codes };
}

export function changed(
  name: string,
  changes: Readonly<Record<string, unknown>>,
  ...codes: string[]
): RejectionVector {
  return vector(name, sampleWith(changes), ...codes);
}

export function core(of: RejectionVector): RejectionVector {
  return { ...of, name: `${of.name} (core)`, profile: 'core' };
}
