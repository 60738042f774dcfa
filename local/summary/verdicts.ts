import type { BrokerState, PartitionEnd } from './broker-state.ts';
import type { Counts, LetterCounts, StoredReport } from './report-codec.ts';
import {
  findMissingSagas,
  findSagaFaults,
  sagaSignatureOf,
  summarizeSagas,
  type SagaObservation,
  type SagaSummary,
} from './saga-verdicts.ts';

/** What became of the events of one run. Tables and `deadLetters` are totals, all else is of this run. */
export interface Summary extends Counts, SagaSummary {
  /** By origin: a hub, or a Service Bus entity path. */
  readonly bySource: Readonly<Record<string, Counts>>;
  readonly tables: Readonly<Record<string, { readonly rows: number; readonly version: number }>>;
  /** Each dead-lettered event once, under its first code. */
  readonly deadLetterCodes: Readonly<Record<string, number>>;
  /** Wherever they died. */
  readonly deadLetters: LetterCounts;
  readonly elapsedMs: number;
}

/** Everything that is known at one moment. */
export interface Observation {
  /** Stored data before anything was published. */
  readonly before: StoredReport;
  readonly now: StoredReport;
  readonly broker: BrokerState;
  /** Events published, by origin. */
  readonly published: ReadonlyMap<string, number>;
  readonly sagas: SagaObservation;
  readonly elapsedMs: number;
}

const none: Counts = { received: 0, landed: 0, duplicate: 0, deadLettered: 0, parked: 0 };

export function summarize({ before, now, sagas, elapsedMs }: Observation): Summary {
  const stored = new Map(
    Object.entries(now.byOrigin).map(([origin, counts]) => [
      origin,
      combine(counts, lookUp(before.byOrigin, origin) ?? none, -1),
    ]),
  );
  const ofThisRun = [...stored].filter(([, counts]) => counts.received !== 0);
  const totals = ofThisRun.reduce((total, [, counts]) => combine(total, counts, 1), none);
  const { tables, deadLetters } = now;
  const bySource = Object.fromEntries(ofThisRun);
  const deadLetterCodes = codesSince(before.deadLetterCodes, now.deadLetterCodes);
  return {
    ...{ ...totals, bySource, tables, deadLetterCodes, deadLetters },
    ...{ ...summarizeSagas(sagas), elapsedMs },
  };
}

/**
 * What is not over, in words; empty when every published event has its verdict and every saga has
 * ended.
 */
export function findMissing({ now, broker, sagas }: Observation): readonly string[] {
  const isCurrent = (author: string): boolean =>
    broker.ends.some((end) => author.includes(pathOf(end)));
  return [
    ...(broker.isRelayBusy ? ['messages wait in the subscription of the relay'] : []),
    ...(broker.hasDeadLetters ? ['dead letters of the relay wait to be ingested'] : []),
    ...broker.ends.flatMap((end) => missingIn(end, now)),
    ...now.inFlight
      .filter(({ author }) => isCurrent(author))
      .map(({ author, first, last }) => `${author}: ${first}..${last} are planned, not yet landed`),
    ...findMissingSagas(sagas),
  ];
}

/** Why a run in which nothing is missing is wrong all the same; empty when it is right. */
export function findFaults(observation: Observation): readonly string[] {
  const { before, now, published, sagas } = observation;
  const { bySource } = summarize(observation);
  const unbalanced = Object.entries(bySource).flatMap(([origin, counts]) => {
    const verdicts = counts.landed + counts.duplicate + counts.deadLettered + counts.parked;
    return counts.received === verdicts
      ? []
      : [`${origin}: received ${counts.received}, but ${verdicts} verdicts`];
  });
  const short = [...published].flatMap(([origin, count]) => {
    const received = lookUp(bySource, origin)?.received ?? 0;
    return received >= count ? [] : [`${origin}: published ${count}, received ${received}`];
  });
  const problems = now.problems.map(({ kind, detail }) => `${kind}: ${detail}`);
  // What a consumer rejects has its reasons; what the broker gives up nobody has handled.
  const others = codesSince(before.otherDeadLetterCodes, now.otherDeadLetterCodes);
  const givenUp = Object.entries(others)
    .filter(([code]) => code.startsWith('broker.'))
    .map(([code, count]) => `outside Bronze ${count} message(s) were dead-lettered: ${code}`);
  return [...unbalanced, ...short, ...problems, ...givenUp, ...findSagaFaults(sagas)];
}

/** Changes whenever anything has moved. */
export function signatureOf({ now, broker, sagas }: Observation): string {
  const planned = now.partitions.map((partition) => partition.planned);
  const ends = broker.ends.map(({ last }) => last);
  const tables = Object.values(now.tables).map(({ version }) => version);
  const relay = [broker.hasDeadLetters, broker.isRelayBusy];
  return JSON.stringify([planned, ends, tables, relay, sagaSignatureOf(sagas)]);
}

function missingIn(end: PartitionEnd, { partitions }: StoredReport): readonly string[] {
  const partition = partitions.find(
    ({ author }) => author.includes(pathOf(end)) && author.endsWith(`/${end.partitionId}`),
  );
  const planned = partition?.planned ?? -1;
  if (planned >= end.last) return [];
  const range = `${planned + 1}..${end.last}`;
  return [`partition ${end.partitionId} of hub ${end.hub}: ${range} have no verdict`];
}

/** The part of an author that names the hub as it now is. */
function pathOf({ hub, incarnation }: PartitionEnd): string {
  return `/${hub}/${incarnation}/`;
}

function codesSince(
  before: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const ofThisRun = Object.entries(now)
    .map(([code, count]) => [code, count - (lookUp(before, code) ?? 0)] as const)
    .filter(([, count]) => count !== 0);
  return Object.fromEntries(ofThisRun.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

function combine(left: Counts, right: Counts, sign: 1 | -1): Counts {
  return {
    received: left.received + sign * right.received,
    landed: left.landed + sign * right.landed,
    duplicate: left.duplicate + sign * right.duplicate,
    deadLettered: left.deadLettered + sign * right.deadLettered,
    parked: left.parked + sign * right.parked,
  };
}

/** Names come from producers: only own members count. */
function lookUp<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
