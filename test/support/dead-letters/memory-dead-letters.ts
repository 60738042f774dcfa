import type { Clock, EpochMs } from '../../../shared/kernel/time.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import type {
  AuditEntry,
  DeadLetterDesk,
  ExpiredLetter,
  LetterFile,
  ListedLetter,
  Settling,
  Tally,
} from '../../../shared/ports/dead-letter-desk.ts';
import type { DeadLetterIntake, DeadLetterRecord } from '../../../shared/ports/dead-letters.ts';
import type { ReplayBook } from '../../../shared/ports/replays.ts';
import { placeKey } from '../../../shared/deadletter/keys.ts';
import {
  openResolution,
  summarise,
  type StoredResolution,
} from '../../../shared/deadletter/letter-row-codec.ts';
import { settleResolution, toResolution } from '../../../shared/deadletter/resolution.ts';
import { decideStaging, decideWithdrawal } from '../../../shared/deadletter/stage-replay.ts';
import {
  addTallies,
  tallyArrivals,
  tallyKind,
  tallyMove,
} from '../../../shared/deadletter/tally.ts';

interface Kept {
  record: DeadLetterRecord;
  resolution: StoredResolution;
  readonly audit: AuditEntry[];
  version: number;
}

/** Dead letters in memory. */
export function createMemoryDeadLetters(
  clock: Clock,
): DeadLetterIntake & DeadLetterDesk & ReplayBook {
  const letters = new Map<string, Kept>();
  const tallies = new Map<string, Tally>();
  const listed = (): readonly ListedLetter[] =>
    [...letters.values()]
      .map(({ record, resolution }) => ({ ...summarise(record), state: resolution.state }))
      .toSorted((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1));
  return {
    record: (records) => {
      for (const record of records) {
        if (letters.has(record.id)) continue;
        letters.set(record.id, { record, resolution: openResolution, audit: [], version: 0 });
        const arrived = tallyArrivals([summarise(record)], clock.now());
        const kind = tallyKind(arrived).join('\n');
        const former = tallies.get(kind);
        tallies.set(kind, former === undefined ? arrived : addTallies(former, arrived));
      }
      return Promise.resolve();
    },
    list: (query) => {
      const { key, type, group, origin, category, from = 0, before = Infinity, after } = query;
      if (after !== undefined && !/^\d{13}\|/.test(after)) {
        return Promise.resolve({ letters: [], next: undefined });
      }
      const wanted = listed()
        .filter(({ state }) => query.states.includes(state))
        .filter((letter) => (key ?? letter.key) === letter.key)
        .filter((letter) => (type ?? letter.type) === letter.type)
        .filter((letter) => (group ?? letter.failureGroup) === letter.failureGroup)
        .filter((letter) => (origin ?? letter.origin) === letter.origin)
        .filter((letter) => (category ?? letter.category) === letter.category)
        .filter(({ deadLetteredAt }) => deadLetteredAt >= from && deadLetteredAt < before)
        .filter((letter) => placeOf(letter) > (after ?? ''));
      const page = wanted.slice(0, query.size);
      const last = wanted.length > query.size ? page.at(-1) : undefined;
      return Promise.resolve({ letters: page, next: last && placeOf(last) });
    },
    show: (id) => Promise.resolve(toFile(letters.get(id))),
    tallies: () => Promise.resolve([...tallies.values()]),
    settle: (id, settling) => {
      const kept = letters.get(id);
      if (kept === undefined) return Promise.resolve({ kind: 'missing' });
      if (settling.etag !== undefined && settling.etag !== String(kept.version)) {
        return Promise.resolve({ kind: 'changed' });
      }
      const { state, payloadPurgedAt } = kept.resolution;
      const at = clock.now();
      const next = settleResolution(kept.resolution, settling, at);
      if (next === undefined) {
        const isStaged = kept.resolution.staged !== undefined;
        const isPurged = payloadPurgedAt !== null;
        return Promise.resolve({ kind: 'refused', state, isPurged, isStaged } as const);
      }
      const { action } = settling;
      kept.audit.push(toEntry(settling, at));
      kept.resolution = next;
      kept.version += 1;
      if (action === 'purge') kept.record = withoutPayload(kept.record);
      const kind = tallyKind(summarise(kept.record)).join('\n');
      const tally = tallies.get(kind);
      if (tally !== undefined && next.state !== state) {
        tallies.set(kind, tallyMove(tally, { from: state, to: next.state }, at));
      }
      return Promise.resolve({ kind: 'settled', resolution: toResolution(next) });
    },
    note: (id, { by, text, from }) => {
      const kept = letters.get(id);
      const origin = from === undefined ? {} : { from };
      kept?.audit.push({ at: clock.now(), by, action: 'note', why: text, ...origin });
      return Promise.resolve(kept !== undefined);
    },
    stage: (id, staging) => {
      const kept = letters.get(id);
      if (kept === undefined) return Promise.resolve({ kind: 'missing' });
      if (staging.etag !== undefined && staging.etag !== String(kept.version)) {
        return Promise.resolve({ kind: 'changed' });
      }
      const decided = decideStaging(id, kept.resolution, { staging, at: clock.now() });
      if ('kind' in decided) return Promise.resolve(decided);
      kept.resolution = decided.next;
      kept.version += 1;
      return Promise.resolve({ kind: 'staged', intent: decided.intent });
    },
    withdraw: (id, replayId) => {
      const kept = letters.get(id);
      const next = kept && decideWithdrawal(kept.resolution, replayId);
      if (kept !== undefined && next !== undefined) kept.resolution = next;
      return Promise.resolve();
    },
    staged: (before, limit) =>
      Promise.resolve(
        [...letters]
          .flatMap(([id, { resolution }]) => {
            const { staged } = resolution;
            return staged !== undefined && staged.at < before ? [{ id, at: staged.at }] : [];
          })
          .toSorted((left, right) => left.at - right.at)
          .slice(0, limit)
          .map(({ id }) => id),
      ),
    heal: () => Promise.resolve(0),
    announce: () => Promise.resolve(0),
    expired: ({ before, limit, after }) =>
      Promise.resolve(
        listed()
          .filter(({ deadLetteredAt }) => deadLetteredAt < before)
          .filter(({ id }) => letters.get(id)?.resolution.payloadPurgedAt === null)
          .filter((letter) => after === undefined || placeOf(letter) > placeOf(after))
          .map(({ id, deadLetteredAt }) => ({ id, deadLetteredAt }))
          .slice(0, limit),
      ),
  };
}

function toEntry({ by, why, action, from, replay }: Settling, at: EpochMs): AuditEntry {
  return { at, by, action, why, ...(from !== undefined && { from }), ...(replay && { replay }) };
}

function placeOf({ deadLetteredAt, id }: ExpiredLetter): string {
  return placeKey(deadLetteredAt, id);
}

function toFile(kept: Kept | undefined): LetterFile | undefined {
  if (kept === undefined) return undefined;
  const { record, resolution, audit, version } = kept;
  const { payloadPurgedAt } = resolution;
  return {
    record,
    resolution: toResolution(resolution),
    payloadPurgedAt: payloadPurgedAt === null ? undefined : epochMs(payloadPurgedAt),
    staged: resolution.staged,
    audit: [...audit],
    etag: String(version),
  };
}

function withoutPayload(record: DeadLetterRecord): DeadLetterRecord {
  const { encoding, sizeBytes } = record.payload;
  const kept = encoding === 'blob' ? 'utf8' : encoding;
  return { ...record, payload: { encoding: kept, content: '', sizeBytes } };
}
