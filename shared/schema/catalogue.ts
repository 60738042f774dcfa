import { AppError } from '../kernel/app-error.ts';
import type { Catalogue, DataToCheck, EventType } from '../ports/catalogue.ts';
import type { Violation } from '../ports/events.ts';
import { groupFiles, schemaPath } from './catalogue-files.ts';
import type { CatalogueFault, CatalogueFile } from './catalogue-files.ts';
import { loadFolder } from './event-type-folder.ts';
import type { LoadedType } from './event-type-folder.ts';
import { toViolations } from './schema-violations.ts';
import type { CompiledSchemas, SchemaValidator } from './schema-violations.ts';

/** The catalogue's files with their compiled JSON Schemas. */
export interface CatalogueSources extends CompiledSchemas {
  readonly files: readonly CatalogueFile[];
}

/**
 * Opens the catalogue.
 * Errors: `catalogue.invalid` (permanent); its message lists every fault of every file.
 */
export function openCatalogue(sources: CatalogueSources): Catalogue {
  const grouped = groupFiles(sources.files);
  const folders = grouped.folders.map(loadFolder);
  const types = folders.flatMap(({ loaded }) => (loaded === undefined ? [] : [loaded]));
  const faults = [
    ...sources.faults,
    ...grouped.faults,
    ...folders.flatMap((folder) => folder.faults),
    ...collisions(types),
    ...uncompiled(types, sources),
  ];
  if (faults.length > 0) throw invalid(faults);
  return new FileCatalogue(types, sources.validators);
}

class FileCatalogue implements Catalogue {
  readonly #byName: ReadonlyMap<string, LoadedType>;
  /** By version, the first at 0. */
  readonly #validators: ReadonlyMap<EventType, readonly (SchemaValidator | undefined)[]>;
  readonly #types: readonly EventType[];

  constructor(types: readonly LoadedType[], validators: ReadonlyMap<string, SchemaValidator>) {
    this.#byName = new Map(types.flatMap((loaded) => namesOfType(loaded.type, loaded)));
    this.#validators = new Map(
      types.map(({ type }) => [
        type,
        type.versions.map(({ version }) => validators.get(schemaPath(folderOf(type), version))),
      ]),
    );
    this.#types = types
      .map(({ type }) => type)
      .toSorted((left, right) => (left.name < right.name ? -1 : 1));
  }

  find(type: string): EventType | undefined {
    const name = fullType.test(type) ? type.slice(type.indexOf('.', 4) + 1) : aliasKey(type);
    return this.#byName.get(name)?.type;
  }

  types(): readonly EventType[] {
    return this.#types;
  }

  check(type: EventType, version: number, data: DataToCheck): readonly Violation[] {
    return data.format === 'json'
      ? this.#checkJson(type, version, data.value)
      : this.#checkAvro(type, version, data.bytes);
  }

  #checkJson(type: EventType, version: number, value: unknown): readonly Violation[] {
    const validator = this.#validators.get(type)?.[version - 1];
    if (validator === undefined) throw noSchema(`${type.name} v${version}.schema.json`);
    return validator(value) ? none : toViolations(validator.errors ?? []);
  }

  #checkAvro(type: EventType, version: number, bytes: Uint8Array): readonly Violation[] {
    const checker = this.#byName.get(type.name)?.avro.get(version);
    if (checker === undefined) throw noSchema(`${type.name} v${version}.avsc`);
    return checker(bytes) ? none : [avroMalformed];
  }
}

const none: readonly Violation[] = [];
const avroMalformed: Violation = {
  code: 'schema.data.avro_malformed',
  detail: 'the bytes are not exactly one value of the Avro schema',
  pointer: '/data',
};
/** `com.{organization}.{name}`. */
const fullType = /^com\.[a-z0-9_-]+\.[a-z0-9_]+\.[a-z0-9_]+\.[a-z0-9_]+$/;

/** Aliases have keys of their own, so that a bare `system.entity.action` is a name only if declared. */
function aliasKey(alias: string): string {
  return `alias:${alias}`;
}

function namesOfType(type: EventType, loaded: LoadedType): readonly [string, LoadedType][] {
  return [type.name, ...type.aliases.map(aliasKey)].map((name) => [name, loaded]);
}

/** Names and tables that two types would share. */
function collisions(types: readonly LoadedType[]): readonly CatalogueFault[] {
  const owners = new Map<string, string>();
  const faults: CatalogueFault[] = [];
  for (const { type } of types) {
    const path = folderOf(type);
    for (const name of [`table ${type.table}`, ...type.aliases.map((alias) => `alias ${alias}`)]) {
      const owner = owners.get(name);
      if (owner !== undefined) faults.push({ path, problem: `has the ${name} of ${owner}` });
      owners.set(name, path);
    }
    const five = type.aliases.filter((alias) => fullType.test(alias));
    faults.push(...five.map((alias) => ({ path, problem: `the alias ${alias} is a full type` })));
  }
  return faults;
}

/** JSON versions without a validator, unless their fault is known already. */
function uncompiled(
  types: readonly LoadedType[],
  { validators, faults }: CatalogueSources,
): readonly CatalogueFault[] {
  const known = new Set(faults.map(({ path }) => path));
  return types
    .flatMap(({ type }) => jsonSchemaPaths(type))
    .filter((path) => !validators.has(path) && !known.has(path))
    .map((path) => ({ path, problem: 'has not been compiled' }));
}

function jsonSchemaPaths(type: EventType): readonly string[] {
  return type.versions
    .filter(({ formats }) => formats.includes('json'))
    .map(({ version }) => schemaPath(folderOf(type), version));
}

function folderOf(type: EventType): string {
  return `${type.system}/${type.entity}.${type.action}`;
}

function invalid(faults: readonly CatalogueFault[]): AppError {
  const lines = faults.map(({ path, problem }) => `${path}: ${problem}`);
  return new AppError('catalogue.invalid', `The event catalogue is wrong:\n${lines.join('\n')}`, {
    kind: 'permanent',
    details: { faults: faults.length },
  });
}

function noSchema(path: string): AppError {
  return new AppError('bug', `No compiled schema for ${path}`, { kind: 'permanent' });
}
