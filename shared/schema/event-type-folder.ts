import { parsePointer } from '../kernel/json-text-replace.ts';
import type { DataFormat, EventType, SchemaVersion } from '../ports/catalogue.ts';
import { compileAvro } from './avro-checker.ts';
import type { AvroChecker } from './avro-checker.ts';
import { namesOf, schemaPath, versionOfFile } from './catalogue-files.ts';
import type { CatalogueFault, EventTypeFolder } from './catalogue-files.ts';
import { readEventType } from './event-type-codec.ts';
import type { EventTypeFile } from './event-type-codec.ts';
import { hasPath } from './schema-paths.ts';

/** One event type with the checkers of its Avro schemas, by version. */
export interface LoadedType {
  readonly type: EventType;
  readonly avro: ReadonlyMap<number, AvroChecker>;
}

export interface LoadedFolder {
  /** Undefined when the faults leave nothing to use. */
  readonly loaded: LoadedType | undefined;
  readonly faults: readonly CatalogueFault[];
}

const definitionName = 'event-type.json';

/** Reads the folder of one event type; all its faults at once. */
export function loadFolder(folder: EventTypeFolder): LoadedFolder {
  const reading = readEventType(folder.files.get(definitionName) ?? '');
  if (!reading.ok) {
    const path = `${folder.path}/${definitionName}`;
    return { loaded: undefined, faults: reading.problems.map((problem) => ({ path, problem })) };
  }
  const avro = loadAvro(folder);
  const faults = [
    ...avro.faults,
    ...versionFaults(folder, reading.file),
    ...personalFaults(folder, reading.file),
  ];
  const type = describe(folder, reading.file);
  return { loaded: { type, avro: avro.checkers }, faults };
}

function describe(folder: EventTypeFolder, file: EventTypeFile): EventType {
  const names = namesOf(folder.path);
  const { system, entity, action } = names;
  return {
    ...file,
    ...names,
    name: `${system}.${entity}.${action}`,
    table: `brz_event_${system}_${entity}_${action}`,
    versions: file.versions.map((version): SchemaVersion => ({
      ...version,
      formats: formatsOf(folder, version.version),
    })),
  };
}

function formatsOf(folder: EventTypeFolder, version: number): readonly DataFormat[] {
  const formats: DataFormat[] = [];
  if (folder.files.has(`v${version}.schema.json`)) formats.push('json');
  if (folder.files.has(`v${version}.avsc`)) formats.push('avro');
  return formats;
}

function loadAvro(folder: EventTypeFolder): {
  readonly checkers: ReadonlyMap<number, AvroChecker>;
  readonly faults: readonly CatalogueFault[];
} {
  const checkers = new Map<number, AvroChecker>();
  const faults: CatalogueFault[] = [];
  for (const [name, text] of folder.files) {
    const version = versionOfFile(name);
    if (version === undefined || !name.endsWith('.avsc')) continue;
    try {
      checkers.set(version, compileAvro(text));
    } catch (error) {
      faults.push({
        path: `${folder.path}/${name}`,
        problem: `does not compile: ${String(error)}`,
      });
    }
  }
  return { checkers, faults };
}

function versionFaults(folder: EventTypeFolder, file: EventTypeFile): readonly CatalogueFault[] {
  const declared = file.versions.map(({ version }) => version);
  const isGapless = declared.every((version, index) => version === index + 1);
  const problems = [
    ...(isGapless && declared.length > 0 ? [] : ['versions must be 1, 2, ... without a gap']),
    ...declared
      .filter((version) => formatsOf(folder, version).length === 0)
      .map((version) => `version ${version} has no schema`),
    ...Array.from(folder.files.keys())
      .filter((name) => name !== definitionName && !declared.includes(versionOfFile(name) ?? 0))
      .map((name) => `the file ${name} belongs to no declared version`),
  ];
  return problems.map((problem) => ({ path: folder.path, problem }));
}

/** A mistyped pointer would let personal values through unseen. */
function personalFaults(folder: EventTypeFolder, file: EventTypeFile): readonly CatalogueFault[] {
  const faults: CatalogueFault[] = [];
  if (file.personal.length > 0 && [...folder.files.keys()].some((name) => name.endsWith('.avsc'))) {
    faults.push({
      path: folder.path,
      problem: 'personal fields need JSON: an .avsc is not allowed',
    });
  }
  const schemas = file.versions.map(({ version }) =>
    folder.files.get(schemaPath('', version).slice(1)),
  );
  for (const { pointer } of file.personal) {
    const path = parsePointer(pointer);
    const isKnown =
      path?.length && schemas.some((text) => text !== undefined && hasPath(text, path));
    if (!isKnown) {
      faults.push({ path: folder.path, problem: `no schema has the personal field ${pointer}` });
    }
  }
  return faults;
}
