import type { JsonText } from '../history/history-event.ts';

/** An operation on its way to an entity, as the SDK reads it in the history. */
export interface EntityRequest {
  /** Under this name the answer to a call comes back. */
  readonly id: string;
  readonly op: string;
  /** True if nobody waits for an answer. */
  readonly signal: boolean;
  readonly input: JsonText;
}

export function writeEntityRequest(request: EntityRequest): string {
  return JSON.stringify(request);
}

/** Reads what `writeEntityRequest` has written. */
export function parseEntityRequest(text: string): EntityRequest {
  return JSON.parse(text) as EntityRequest;
}
