/**
 * Process: `node local/storage/main.ts --folder DIR [--owner NAME] [--ports BLOB,QUEUE,TABLE]`.
 * Prints one JSON line: `{"storage":"<connection string>"}` when it listens, or
 * `{"inUse":{"owner":...,"pid":...}}` with exit code 75 when another process has the folder.
 * Ends at SIGTERM, at SIGINT and when its standard input closes, with everything saved.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runAzurite, type StoragePorts } from './azurite.ts';
import { lockFolder } from './folder-lock.ts';

/** EX_TEMPFAIL: the caller may try again later. */
const inUseExitCode = 75;

const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    owner: { type: 'string', default: 'unknown' },
    ports: { type: 'string', default: '0,0,0' },
  },
});
if (values.folder === undefined) throw new Error('Missing --folder DIR: where the data lives.');
const ownerFile = join(values.folder, 'owner.json');

if (!lockFolder(values.folder)) {
  process.stdout.write(`{"inUse":${readOwner()}}\n`);
  process.exitCode = inUseExitCode;
} else {
  writeFileSync(ownerFile, JSON.stringify({ owner: values.owner, pid: process.pid }));
  const end = endWithParent();
  const storage = await runAzurite(values.folder, parsePorts(values.ports));
  process.stdout.write(`${JSON.stringify({ storage })}\n`);
  // An emitted event, not a signal: a signal to itself would end a process on Windows unsaved.
  if (end.isWanted) process.emit('SIGTERM');
}

/** The owner writes its name just after it has the lock. */
function readOwner(): string {
  return existsSync(ownerFile) ? readFileSync(ownerFile, 'utf8') : '{}';
}

/** Ends the process with its input, also when that closes before Azurite listens for signals. */
function endWithParent(): { readonly isWanted: boolean } {
  const end = { isWanted: false };
  const note = (): void => {
    end.isWanted = true;
    process.stdin.destroy();
  };
  process.stdin.once('end', () => {
    note();
    process.emit('SIGTERM');
  });
  process.stdin.resume();
  process.once('SIGTERM', note).once('SIGINT', note);
  return end;
}

function parsePorts(text: string): StoragePorts {
  const [blob, queue, table] = text.split(',').map(Number);
  if (blob === undefined || queue === undefined || table === undefined) {
    throw new Error(`--ports ${text}: expected three numbers, such as 10000,10001,10002`);
  }
  return { blob, queue, table };
}
