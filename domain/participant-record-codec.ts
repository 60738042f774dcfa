import { toAsciiJson } from '../shared/kernel/ascii-json.ts';
import type { ParticipantRecord } from './participant.ts';

/** Spells a record for its row: JSON in ASCII, so that it can be cut anywhere. */
export function encodeRecord<Own>(record: ParticipantRecord<Own>): string {
  return toAsciiJson(JSON.stringify(record));
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
