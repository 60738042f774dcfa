import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** SQLITE_BUSY: another connection holds the lock. */
const busy = 5;
const lockFile = 'lock.db';

/** Whether another process has locked the folder. */
export function isFolderLocked(folder: string): boolean {
  if (!existsSync(join(folder, lockFile))) return false;
  const database = tryLock(folder);
  database?.close();
  return database === undefined;
}

/** Locks of this process. A connection that nothing refers to is closed, and its lock with it. */
const held: DatabaseSync[] = [];

/**
 * Locks a folder for the life of this process; false when another process has it. The lock is the
 * operating system's, on a SQLite file: a killed owner leaves no stale lock behind.
 */
export function lockFolder(folder: string): boolean {
  mkdirSync(folder, { recursive: true });
  const database = tryLock(folder);
  if (database !== undefined) held.push(database);
  return database !== undefined;
}

function tryLock(folder: string): DatabaseSync | undefined {
  const database = new DatabaseSync(join(folder, lockFile), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === busy;
}
