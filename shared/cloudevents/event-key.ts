import { createHash } from 'node:crypto';
import { toAsciiJson } from '../kernel/ascii-json.ts';
import { canonicalise } from '../kernel/json-text-canonical.ts';
import { findValues, parsePointer } from '../kernel/json-text-replace.ts';
import { skipSpace } from '../kernel/json-text-scan.ts';
import { fail, succeed } from '../kernel/result.ts';
import type { Result } from '../kernel/result.ts';
import type { EventKey } from '../ports/events.ts';

/** What a key may be made of. */
export interface KeyMaterial extends EventKey {
  readonly type: string;
  readonly subject: string | null;
  /** JSON text of `data`, or null when it is not JSON. */
  readonly data: string | null;
}

/** Makes the key under which copies of an event are recognised; undefined when a part is missing. */
export type KeyFunction = (material: KeyMaterial) => EventKey | undefined;

/**
 * The key function that a setting names: `id` (source and id), `hash` (SHA-256 of id, type and
 * subject), or a JSON pointer into `data` (a business key, unique within source and type).
 */
export function keyFunctionOf(setting: string): Result<KeyFunction, string> {
  if (setting === 'id') return succeed(bySourceAndId);
  if (setting === 'hash') return succeed(byHash);
  const path = setting.startsWith('/') ? parsePointer(setting) : undefined;
  return path === undefined
    ? fail('must be id, hash or a JSON pointer into data')
    : succeed((material) => byBusinessKey(material, path));
}

const bySourceAndId: KeyFunction = ({ source, id }) => ({ source, id });

/** The text that is hashed is the one of the S2 guide: sorted members, `", "` and `": "` between. */
const byHash: KeyFunction = ({ source, id, type, subject }) => {
  const members = Object.entries({ id, subject, type }).map(
    ([name, value]) => `"${name}": ${toAsciiJson(JSON.stringify(value))}`,
  );
  const hash = createHash('sha256')
    .update(`{${members.join(', ')}}`)
    .digest('hex');
  return { source, id: `sha256:${hash}` };
};

function byBusinessKey(material: KeyMaterial, path: readonly string[]): EventKey | undefined {
  const { source, type, data } = material;
  if (data === null) return undefined;
  const [place, ...others] = findValues(data, skipSpace(data, 0), path);
  if (place === undefined || others.length > 0) return undefined;
  const value = canonicalise(data, place.start).text;
  const isKey = /^["\d-]/.test(value) && value !== '""';
  return isKey ? { source, id: `business:${JSON.stringify(type)}:${value}` } : undefined;
}
