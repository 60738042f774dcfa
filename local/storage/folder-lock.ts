import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** SQLITE_BUSY: another connection holds the lock. */
const busy = 5;

/** Locks of this process. A connection that nothing refers to is closed, and its lock with it. */
const held: DatabaseSync[] = [];

/**
 * Locks a folder for the life of this process; false when another process has it. The lock is the
 * operating system's, on a SQLite file: a killed owner leaves no stale lock behind.
 */
export function lockFolder(folder: string): boolean {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return false;
    throw error;
  }
  held.push(database);
  return true;
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === busy;
}
