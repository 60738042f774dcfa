import type { ParticipantRecord } from './participant.ts';

/** Spells a record for its row: JSON in ASCII, so that it can be cut anywhere. */
export function encodeRecord<Own>(record: ParticipantRecord<Own>): string {
  return JSON.stringify(record).replace(/[^\0-~]/g, escape);
}

/**
 * Reads a record that `encodeRecord` spelled for the same participant; undefined for a text that
 * it did not.
 */
export function decodeRecord<Own>(text: string): ParticipantRecord<Own> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    const isRecord =
      typeof value === 'object' &&
      value !== null &&
      ['own', 'answered', 'undone'].every((key) => isObject(Object.entries(value), key));
    return isRecord ? (value as ParticipantRecord<Own>) : undefined;
  } catch {
    return undefined;
  }
}

function isObject(entries: readonly [string, unknown][], key: string): boolean {
  const [, value] = entries.find(([name]) => name === key) ?? [];
  return typeof value === 'object' && value !== null;
}

/** One unit of UTF-16: JSON spells a pair of surrogates as two. */
function escape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
