import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { expect } from 'vitest';
import { stateTables } from '../../../shared/config/state-tables.ts';
import { createTableDeadLetterDesk } from '../../../shared/deadletter/table-dead-letters.ts';
import { systemClock } from '../../../shared/kernel/time.ts';
import type { DeadLetterDesk, ListedLetter } from '../../../shared/ports/dead-letter-desk.ts';
import { createMemoryAnnouncements } from './memory-announcements.ts';
import { runNode } from '../run-node.ts';
import type { Runtime } from '../runtime.ts';

/** A row of the analysis table. */
interface DeadLetterRow {
  readonly dead_letter_id: string;
  readonly original_event_id: string | null;
  readonly error_category: string;
  readonly error_code: string;
  readonly error_detail: string;
  readonly raw_payload: string;
  readonly payload_encoding: string;
  readonly payload_size: string | number;
  readonly retry_count: number;
  readonly resolved: boolean;
  readonly origin: string;
  readonly stage: string;
  readonly delivery_count: number | null;
}

/** What the reconcile command says. */
interface Reconciled {
  readonly isReconciled: boolean;
  readonly byOrigin: Readonly<Record<string, { readonly received: number }>>;
  readonly otherDeadLetterCodes: Readonly<Record<string, number>>;
  readonly partitions: readonly { readonly author: string; readonly planned: number }[];
  readonly inFlight: readonly unknown[];
}

/** What a runtime has stored of its dead letters, as others read it. */
export interface StoredLetters {
  /** As DuckDB reads Bronze; empty while a table is not there. */
  query<Result>(sql: string): Promise<readonly Result[]>;
  rows(condition: string): Promise<readonly DeadLetterRow[]>;
  /** Waits for the one row, and says what it is. */
  theRow(
    condition: string,
    patience: { readonly timeout: number; readonly interval: number },
  ): Promise<DeadLetterRow | undefined>;
  /** Ids of the rows of the analysis table. */
  analysed(): Promise<readonly string[]>;
  /** Every letter of the operational table, resolved ones too. */
  operational(): Promise<readonly ListedLetter[]>;
  reconcile(): Promise<Reconciled>;
  /** How many messages of the hub of dead letters have their verdicts. */
  countPlanned(): Promise<number>;
  close(): Promise<void>;
}

export async function openStoredLetters(runtime: Runtime): Promise<StoredLetters> {
  const folder = await mkdtemp(join(tmpdir(), 'bronzeflow-letters-'));
  await writeFile(join(folder, 'runtime.json'), JSON.stringify({ pid: process.pid, ...runtime }));
  const options = { allowInsecureConnection: true };
  const table = TableClient.fromConnectionString(runtime.storage, stateTables.deadLetters, options);
  const desk = createTableDeadLetterDesk({
    ...{ table, clock: systemClock, newId: randomUUID },
    resolutions: createMemoryAnnouncements(),
  });
  const run = (command: string, ...args: readonly string[]) =>
    runNode([`cli/${command}.ts`, '--json', '--data', folder, ...args], { expectFailure: true });
  const query = async <Result>(sql: string): Promise<readonly Result[]> => {
    const { code, stdout } = await run('sql', sql);
    return code === 0 ? (JSON.parse(stdout) as Result[]) : [];
  };
  const rows = (condition: string) =>
    query<DeadLetterRow>(`select * from brz_event_dead_letter where ${condition}`);
  const reconcile = async () => JSON.parse((await run('reconcile')).stdout) as Reconciled;
  return {
    ...{ query, rows, reconcile },
    theRow: async (condition, patience) => {
      let found: readonly DeadLetterRow[] = [];
      const look = async () => (found = await rows(condition));
      await expect.poll(look, patience).toHaveLength(1);
      return found[0];
    },
    analysed: async () => (await rows('true')).map((row) => row.dead_letter_id).toSorted(),
    operational: () => listAll(desk),
    countPlanned: async () => {
      const { partitions } = await reconcile();
      const ofHub = partitions.filter(({ author }) => author.includes('/dead-letters/'));
      return ofHub.reduce((sum, { planned }) => sum + planned + 1, 0);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function listAll(desk: DeadLetterDesk): Promise<readonly ListedLetter[]> {
  const states = ['open', 'replayed', 'discarded', 'purged'] as const;
  const letters: ListedLetter[] = [];
  for (let after: string | undefined, isFirst = true; isFirst || after !== undefined;) {
    const page = await desk.list({ states, size: 500, ...(after !== undefined && { after }) });
    letters.push(...page.letters);
    after = page.next;
    isFirst = false;
  }
  return letters;
}
