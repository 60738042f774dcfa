/** File names of a Delta log. Source: Delta protocol, "Delta Log Entries" and "Checkpoints". */

/** Folder of the log, relative to the table's root. */
export const logFolder = '_delta_log/';

/** The hint that says where the newest checkpoint may be. */
export const lastCheckpointName = `${logFolder}_last_checkpoint`;

export interface LogName {
  readonly kind: 'commit' | 'checkpoint' | 'checksum' | 'v2-checkpoint';
  readonly version: number;
  /** Parts of a checkpoint in several files: this one is number `part` of `parts`, from 1. */
  readonly part: number;
  readonly parts: number;
}

const digits = 20;

export function commitName(version: number): string {
  return `${logFolder}${padded(version)}.json`;
}

export function checkpointName(version: number): string {
  return `${logFolder}${padded(version)}.checkpoint.parquet`;
}

/** Names of all files of the checkpoint at `version` when it was written in `parts` parts. */
export function checkpointNames(version: number, parts: number): readonly string[] {
  if (parts <= 1) return [checkpointName(version)];
  const total = String(parts).padStart(10, '0');
  return Array.from({ length: parts }, (_, index) => {
    const part = String(index + 1).padStart(10, '0');
    return `${logFolder}${padded(version)}.checkpoint.${part}.${total}.parquet`;
  });
}

const shape =
  /^_delta_log\/(\d{20})\.(?:(json)|(crc)|checkpoint\.parquet|checkpoint\.(\d{10})\.(\d{10})\.parquet|(checkpoint\.[0-9a-f-]{36}\.(?:json|parquet)))$/;

/** What a name relative to the table's root says, or undefined for any other file. */
export function parseLogName(name: string): LogName | undefined {
  const match = shape.exec(name);
  if (match === null) return undefined;
  const [, version, isCommit, isChecksum, part, parts, isV2] = match;
  const kind = kindOf({ isCommit, isChecksum, isV2 });
  return { kind, version: Number(version), part: Number(part ?? 1), parts: Number(parts ?? 1) };
}

function kindOf(found: {
  readonly isCommit: string | undefined;
  readonly isChecksum: string | undefined;
  readonly isV2: string | undefined;
}): LogName['kind'] {
  if (found.isCommit !== undefined) return 'commit';
  if (found.isChecksum !== undefined) return 'checksum';
  return found.isV2 === undefined ? 'checkpoint' : 'v2-checkpoint';
}

function padded(version: number): string {
  return String(version).padStart(digits, '0');
}
