/** What happens to a personal value before anything is stored. */
export type Treatment =
  /** A keyed token: equal values of one kind have equal tokens, so they still join. */
  | 'tokenise'
  /** Authenticated encryption: who holds the key can read the value again. */
  | 'encrypt';

/** A value that the catalogue classifies as personal. */
export interface PersonalField {
  /** JSON pointer into `data`; `*` as a whole segment stands for every item or member. */
  readonly pointer: string;
  readonly treatment: Treatment;
  /** What the value is, for example `email`. Tokens are comparable within one kind, over all types. */
  readonly kind: string;
}

/** The event that a value belongs to: an encrypted value cannot be moved to another one. */
export interface PersonalContext {
  readonly source: string;
  readonly id: string;
}

/**
 * Replaces personal values. Pure and deterministic: the same value in the same event gives the same
 * replacement, so that a repeated read of a message writes the same bytes.
 */
export interface Privacy {
  /** The JSON string that takes the place of a JSON value; both as JSON text. */
  protect(value: string, field: PersonalField, context: PersonalContext): string;
}
