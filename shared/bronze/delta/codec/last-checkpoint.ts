import { isRecord } from './json-fields.ts';

/** Where the newest checkpoint was when its writer finished. */
export interface LastCheckpoint {
  readonly version: number;
  /** Number of files; 1 for a checkpoint in one file. */
  readonly parts: number;
}

export function formatLastCheckpoint(checkpoint: {
  readonly version: number;
  readonly actions: number;
  readonly sizeBytes: number;
  readonly files: number;
}): string {
  const { version, actions, sizeBytes, files } = checkpoint;
  return JSON.stringify({ version, size: actions, sizeInBytes: sizeBytes, numOfAddFiles: files });
}

/** Reads the hint. It is only a hint: what cannot be understood counts as absent. */
export function parseLastCheckpoint(text: string): LastCheckpoint | undefined {
  try {
    const hint: unknown = JSON.parse(text);
    if (!isRecord(hint)) return undefined;
    const { version, parts = 1 } = hint;
    return isCount(version) && isCount(parts) ? { version, parts } : undefined;
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
