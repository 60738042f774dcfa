import assert from 'node:assert/strict';
import { loadCatalogueFiles, loadValidators } from '../../../schemas/index.ts';
import {
  createEventReader,
  defaultLimits,
  keyFunctionOf,
} from '../../../shared/cloudevents/index.ts';
import type { EventReaderOptions, KeyFunction } from '../../../shared/cloudevents/index.ts';
import type { Catalogue } from '../../../shared/ports/catalogue.ts';
import type { EventReader, Judgement, ReadItem } from '../../../shared/ports/events.ts';
import { createPrivacy } from '../../../shared/privacy/index.ts';
import { messageOf } from './messages.ts';
import { openCatalogue } from '../../../shared/schema/index.ts';

export const privacyKey = { id: 'k1', secret: new Uint8Array(32).fill(7) };
const hashKey = new Uint8Array(32).fill(9);

let opened: Catalogue | undefined;

/** The catalogue of this repository, opened once. */
export function realCatalogue(): Catalogue {
  opened ??= openCatalogue({ files: loadCatalogueFiles(), ...loadValidators() });
  return opened;
}

export function keyFunction(setting: string): KeyFunction {
  const parsed = keyFunctionOf(setting);
  assert.ok(parsed.ok);
  return parsed.value;
}

export function readerWith(options: Partial<EventReaderOptions> = {}): EventReader {
  return createEventReader({
    catalogue: realCatalogue(),
    privacy: createPrivacy(privacyKey),
    profile: 'strict',
    limits: defaultLimits,
    hashKey,
    keyFunction: keyFunction('id'),
    ...options,
  });
}

/** The judgement of an item that must be accepted. */
export function accepted(item: ReadItem): Extract<Judgement, { kind: 'accepted' }> {
  const { judgement } = item;
  if (judgement.kind === 'rejected') assert.fail(`refused: ${codesOf(item).join(', ')}`);
  return judgement;
}

/** The only item of a message in structured mode. */
export function readText(reader: EventReader, text: string): ReadItem {
  const message = messageOf(text, { contentType: 'application/cloudevents+json' });
  const [item, ...others] = reader.read(message);
  assert.deepEqual(others, []);
  return item;
}

/** The codes of a rejected item in their order; none for an accepted one. */
export function codesOf(item: ReadItem): readonly string[] {
  return item.judgement.kind === 'accepted'
    ? []
    : item.judgement.rejection.violations.map(({ code }) => code);
}

export function payloadText(item: ReadItem): string {
  return Buffer.from(item.payload()).toString('utf8');
}
