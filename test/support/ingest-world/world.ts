import { createBronzeIngest, type BronzeIngest } from '../../../shared/ingest/bronze-ingest.ts';
import { deadLetterTable } from '../../../shared/ingest/dead-letter-rows.ts';
import type { IngestPorts } from '../../../shared/ingest/ingest-ports.ts';
import { authorOf, type Author } from '../../../shared/kernel/author.ts';
import { addDuration, durationMs, epochMs, type EpochMs } from '../../../shared/kernel/time.ts';
import type { EventReader } from '../../../shared/ports/events.ts';
import type { RelayUnwrapper } from '../../../shared/ports/relay.ts';
import { createMemoryIntake, type MemoryIntake } from '../dead-letters/memory-intake.ts';
import type { Log } from '../../../shared/ports/log.ts';
import type { PlannedItem } from '../../../shared/ports/ledger.ts';
import { controlPorts, type CallControl } from './controlled-ports.ts';
import { createMemoryClaims, type MemoryClaims } from './memory-claims.ts';
import { createMemoryHub, type MemoryHub } from './memory-hub.ts';
import { createMemoryLedger, type MemoryLedger } from './memory-ledger.ts';
import { createFakePayloadStore, type FakePayloadStore } from '../fake-payload-store.ts';
import { createMemoryTables, type LandedRow, type MemoryTables } from './memory-tables.ts';
import { createTestReader, testRelay, type CodeVersion } from './test-events.ts';

interface LogEntry {
  readonly level: keyof Log;
  readonly message: string;
  readonly details: Parameters<Log['error']>[1];
}

export interface ProcessOptions {
  readonly version?: CodeVersion;
  readonly reader?: EventReader;
  readonly relay?: RelayUnwrapper;
  /** The hubs that it looks after when they are idle. */
  readonly hubs?: readonly string[];
  readonly control?: CallControl;
}

/** All that outlives a process: the hub and the stores. Processes come and go. */
export interface World {
  readonly hub: MemoryHub;
  readonly claims: MemoryClaims;
  readonly ledger: MemoryLedger;
  readonly tables: MemoryTables;
  readonly payloads: FakePayloadStore;
  readonly intake: MemoryIntake;
  readonly log: readonly LogEntry[];
  pass(ms: number): void;
  start(options?: ProcessOptions): BronzeIngest;
  author(partitionId?: string): Author;
  /** Every planned item of a partition. */
  verdicts(partitionId?: string): Promise<readonly PlannedItem[]>;
  /** Rows of all event tables, or of the dead-letter table. */
  landed(): readonly LandedRow[];
  deadLetters(): readonly LandedRow[];
}

const start = epochMs(Date.UTC(2026, 10, 21, 12));

export interface WorldOptions {
  readonly maxPlanLength?: number;
  readonly rereadWindow?: number;
}

export function createWorld({ maxPlanLength, rereadWindow = 4 }: WorldOptions = {}): World {
  const hub = createMemoryHub();
  const claims = createMemoryClaims();
  const ledger = createMemoryLedger(maxPlanLength);
  const tables = createMemoryTables();
  const payloads = createFakePayloadStore();
  const intake = createMemoryIntake();
  const entries: LogEntry[] = [];
  const log = createTestLog(entries);
  let now: EpochMs = start;
  const clock = { now: () => now };
  const author = (partitionId = '0') => authorOf(hub.partition(partitionId));
  return {
    hub,
    claims,
    ledger,
    tables,
    payloads,
    intake,
    log: entries,
    pass: (ms) => void (now = addDuration(now, durationMs(ms))),
    start: (process = {}) => {
      const { version = 'A', control, hubs, relay = testRelay } = process;
      const { reader = createTestReader(version) } = process;
      const stores = { claims, ledger, tables, payloads, deadLetters: intake };
      const ports: IngestPorts = { ...stores, hub, reader, relay, clock, log };
      const controlled = control === undefined ? ports : controlPorts(ports, control);
      return createBronzeIngest(controlled, { rereadWindow, ...(hubs && { hubs }) });
    },
    author,
    verdicts: async (partitionId) => {
      const plans = await ledger.plansAfter(author(partitionId), -1);
      return plans.flatMap(({ items }) => items);
    },
    landed: () => {
      const names = [...tables.lake.keys()].filter((name) => name !== deadLetterTable);
      return names.flatMap((name) => tables.lake.get(name)?.rows ?? []);
    },
    deadLetters: () => tables.lake.get(deadLetterTable)?.rows ?? [],
  };
}

function createTestLog(entries: LogEntry[]): Log {
  const at = (level: keyof Log): Log['error'] => {
    return (message, details) => void entries.push({ level, message, details });
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
