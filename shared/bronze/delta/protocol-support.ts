import type { Protocol } from './actions.ts';
import type { Field } from './codec/schema-codec.ts';

/** What a table of ours is created with, and the highest versions that we write. */
export const ourProtocol: Protocol = { minReaderVersion: 1, minWriterVersion: 2 };

/** From these versions on, a table lists its features by name instead. */
const readerFeatureVersion = 3;
const writerFeatureVersion = 7;

/** Writer features that version 2 stands for; both hold for everything that we write. */
const knownFeatures: ReadonlySet<string> = new Set(['appendOnly', 'invariants']);

/** Field metadata that asks a writer for more than to write the value. */
const demandingMetadata = [
  'delta.invariants',
  'delta.generationExpression',
  'delta.identity.start',
  'delta.columnMapping.id',
];

/** Why we must not touch a table, or undefined when we may. */
export function unsupportedReason(
  protocol: Protocol,
  fields: readonly Field[],
): string | undefined {
  return versionReason(protocol) ?? featureReason(protocol) ?? fieldReason(fields);
}

function versionReason({ minReaderVersion, minWriterVersion }: Protocol): string | undefined {
  const readable = minReaderVersion <= 1 || minReaderVersion === readerFeatureVersion;
  const writable = minWriterVersion <= 2 || minWriterVersion === writerFeatureVersion;
  if (readable && writable) return undefined;
  return `needs reader version ${minReaderVersion} and writer version ${minWriterVersion}`;
}

function featureReason({ readerFeatures, writerFeatures }: Protocol): string | undefined {
  const features = new Set([...(readerFeatures ?? []), ...(writerFeatures ?? [])]);
  const unknown = [...features].filter((feature) => !knownFeatures.has(feature));
  return unknown.length === 0 ? undefined : `needs the table feature ${unknown.join(', ')}`;
}

function fieldReason(fields: readonly Field[]): string | undefined {
  for (const { name, metadata } of fields) {
    const demand = demandingMetadata.find((key) => Object.hasOwn(metadata, key));
    if (demand !== undefined) return `needs ${demand} on its column ${name}`;
  }
  return undefined;
}
