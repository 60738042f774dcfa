import type { Erasure, ErasureReport } from '../../../ports/delta.ts';
import type { AddFile } from '../actions.ts';
import { decodeFilePath, isForeignPath } from '../codec/table-paths.ts';
import type { Merge } from '../compaction-conflict.ts';
import { lakeUnavailable, schemaMismatch, unsupportedProtocol } from '../delta-errors.ts';
import { openFiles } from '../log/open-files.ts';
import type { TableSource } from '../log/table-source.ts';
import type { TableDefinition } from '../table-head.ts';
import { fileColumns } from '../table-shape.ts';
import { commitMerges } from './commit-merges.ts';
import { deleteAll } from './delete-all.ts';
import { eraseInFile, type FileFinding } from './erase-file.ts';

/** Files of one commit: a crash, or a lost race, costs no more work than these. */
const filesPerCommit = 16;
/** Looks at the table before others count as too busy: each look but the last finds new files. */
const maxLooks = 20;

/** What is known of files, which never change under their names. */
interface Progress {
  /** Of files that hold no text to erase: the keys found in them. */
  readonly clean: Map<string, ReadonlySet<string>>;
  readonly unreadable: Map<string, string>;
  filesRewritten: number;
}

/**
 * As `TableErasure.erase`. It looks at the newest version until a look finds no file with a text to
 * erase, so that nothing is left when others replaced or added files meanwhile.
 */
export async function eraseTexts(source: TableSource, erasure: Erasure): Promise<ErasureReport> {
  const progress: Progress = { clean: new Map(), unreadable: new Map(), filesRewritten: 0 };
  for (let looks = 0; looks < maxLooks; looks += 1) {
    const { head, files } = await openFiles(source);
    const { definition } = head;
    if (definition === undefined) return report(erasure, progress, []);
    checkErasable(source.table, definition, erasure);
    const column = definition.shape.partitionColumn;
    const live = [...files.live.values()].filter((file) =>
      erasure.keys.has(dateOf(file, column) ?? ''),
    );
    const open = live.filter(({ path }) => !isKnown(progress, path));
    if (open.length === 0) return report(erasure, progress, live);
    for (let start = 0; start < open.length; start += filesPerCommit) {
      const group = open.slice(start, start + filesPerCommit);
      await eraseInFiles(source, { definition, erasure, progress }, group);
    }
  }
  throw lakeUnavailable('others replaced the files again and again', { table: source.table });
}

interface Work {
  readonly definition: TableDefinition;
  readonly erasure: Erasure;
  readonly progress: Progress;
}

/** Rewrites what has texts to erase, in one commit, and deletes what was replaced. */
async function eraseInFiles(
  source: TableSource,
  work: Work,
  files: readonly AddFile[],
): Promise<void> {
  const { definition, progress } = work;
  const rewrites = new Map<Merge, ReadonlySet<string>>();
  for (const input of files) {
    const finding = await look(source, work, input);
    if (finding?.rewrite !== undefined) rewrites.set(finding.rewrite, finding.found);
  }
  if (rewrites.size === 0) return;
  const kind = { operation: 'UPDATE', dataChange: true } as const;
  const { schemaString } = definition.metaData;
  const committed = await commitMerges(source, [...rewrites.keys()], { schemaString, kind });
  progress.filesRewritten += committed.length;
  for (const merge of committed) {
    progress.clean.set(merge.output.path, rewrites.get(merge) ?? new Set());
  }
  const replaced = committed.flatMap(({ inputs }) => inputs);
  await deleteAll(
    source,
    replaced.map(({ path }) => decodeFilePath(path)),
  );
}

/** Looks into one file, and notes what need not be looked at again. */
async function look(
  source: TableSource,
  { definition: { shape }, erasure, progress }: Work,
  input: AddFile,
): Promise<(FileFinding & { readonly kind: 'read' }) | undefined> {
  const { keyColumn, column } = erasure;
  const date = dateOf(input, shape.partitionColumn) ?? '';
  const keys = erasure.keys.get(date) ?? new Set();
  const finding: FileFinding = isForeignPath(input.path)
    ? { kind: 'unreadable' }
    : await eraseInFile(source, shape, { input, erasure: { keyColumn, column, keys } });
  if (finding.kind === 'unreadable') progress.unreadable.set(input.path, date);
  if (finding.kind !== 'read') return undefined;
  if (finding.rewrite === undefined) progress.clean.set(input.path, finding.found);
  return finding;
}

/** Errors: `delta.unsupported_protocol`, `delta.schema_mismatch` (permanent). */
function checkErasable(
  table: string,
  { metaData, shape }: TableDefinition,
  { keyColumn, column }: Erasure,
): void {
  if (metaData.configuration['delta.appendOnly']?.toLowerCase() === 'true') {
    throw unsupportedProtocol(table, 'forbids changes of rows (delta.appendOnly)');
  }
  const texts = fileColumns(shape).filter(({ type }) => type === 'string');
  for (const wanted of [keyColumn, column]) {
    if (!texts.some(({ name }) => name === wanted)) {
      throw schemaMismatch(table, `it has no column of texts ${wanted}`);
    }
  }
}

function isKnown({ clean, unreadable }: Progress, path: string): boolean {
  return clean.has(path) || unreadable.has(path);
}

function dateOf({ partitionValues }: AddFile, partitionColumn: string): string | undefined {
  return partitionValues[partitionColumn] ?? undefined;
}

/** Only files that are still part of the table count. */
function report(
  { keys }: Erasure,
  { clean, unreadable, filesRewritten }: Progress,
  live: readonly AddFile[],
): ErasureReport {
  const erased = new Set(live.flatMap(({ path }) => [...(clean.get(path) ?? [])]));
  const dates = new Set(live.flatMap(({ path }) => unreadable.get(path) ?? []));
  const doubtful = new Set([...dates].flatMap((date) => [...(keys.get(date) ?? [])]));
  return {
    erased: new Set([...erased].filter((key) => !doubtful.has(key))),
    unreadable: doubtful,
    filesRewritten,
  };
}
