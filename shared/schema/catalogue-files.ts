import type { EventType } from '../ports/catalogue.ts';

/** A file of the catalogue: `{system}/{entity}.{action}/{name}`, with forward slashes. */
export interface CatalogueFile {
  readonly path: string;
  readonly text: string;
}

/** Something wrong with the catalogue, for the person who edits it. */
export interface CatalogueFault {
  readonly path: string;
  readonly problem: string;
}

/** The files of one event type. */
export interface EventTypeFolder {
  /** `{system}/{entity}.{action}` */
  readonly path: string;
  /** File name to text. */
  readonly files: ReadonlyMap<string, string>;
}

export interface GroupedFiles {
  readonly folders: readonly EventTypeFolder[];
  readonly faults: readonly CatalogueFault[];
}

const pathPattern = /^[a-z0-9_]+\/[a-z0-9_]+\.[a-z0-9_]+\/[^/]+$/;

/**
 * Sorts files into the folders of their event types. The names in a path become a table name, so
 * they are checked here.
 */
export function groupFiles(files: readonly CatalogueFile[]): GroupedFiles {
  const folders = new Map<string, Map<string, string>>();
  const faults: CatalogueFault[] = [];
  for (const { path, text } of files) {
    if (pathPattern.test(path)) {
      const folder = path.slice(0, path.lastIndexOf('/'));
      const known = folders.get(folder) ?? new Map<string, string>();
      folders.set(folder, known.set(path.slice(folder.length + 1), text));
    } else {
      faults.push({ path, problem: 'is not {system}/{entity}.{action}/{file} in [a-z0-9_]' });
    }
  }
  return { folders: Array.from(folders, ([path, known]) => ({ path, files: known })), faults };
}

/** System, entity and action of a folder that `groupFiles` accepted. */
export function namesOf(folder: string): Pick<EventType, 'system' | 'entity' | 'action'> {
  const slash = folder.indexOf('/');
  const dot = folder.indexOf('.');
  return {
    system: folder.slice(0, slash),
    entity: folder.slice(slash + 1, dot),
    action: folder.slice(dot + 1),
  };
}

/** Where the JSON Schema of a version stands; validators are kept under this path. */
export function schemaPath(folder: string, version: number): string {
  return `${folder}/v${version}.schema.json`;
}

/** The version that a schema file is for, or undefined when the name is none of a schema. */
export function versionOfFile(name: string): number | undefined {
  const match = /^v([1-9]\d*)\.(?:schema\.json|avsc)$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}
