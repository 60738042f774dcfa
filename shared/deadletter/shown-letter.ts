import type { EpochMicros, EpochMs } from '../kernel/time.ts';
import type { AuditEntry, LetterFile, ListedLetter } from '../ports/dead-letter-desk.ts';
import type { Backlog } from '../ports/dead-letter-metrics.ts';
import type { ReplayIntent } from '../ports/replays.ts';
import type { FailureGroup } from './failure-groups.ts';

/** A listed letter as JSON shows it. */
export function toShownLetter({ deadLetteredAt, ...letter }: ListedLetter) {
  return { ...letter, deadLetteredAt: toIso(deadLetteredAt) };
}

/** Everything that is kept of a letter as JSON shows it. */
export function toShownFile({ record, resolution, payloadPurgedAt, staged, audit }: LetterFile) {
  return {
    ...record,
    eventTime: record.eventTime === null ? null : microsToIso(record.eventTime),
    deadLetteredAt: toIso(record.deadLetteredAt),
    resolution: { ...resolution, at: toIsoOrNull(resolution.at) },
    payloadPurgedAt: toIsoOrNull(payloadPurgedAt),
    staged: staged === undefined ? null : toShownIntent(staged),
    audit: audit.map(toShownEntry),
  };
}

/** A failure group as JSON shows it. */
export function toShownGroup({ firstAt, lastAt, ...group }: FailureGroup) {
  return { ...group, firstAt: toIso(firstAt), lastAt: toIso(lastAt) };
}

/** What nobody has taken in yet, as JSON shows it. */
export function toShownBacklog({ at, ...backlog }: Backlog) {
  return { measuredAt: toIso(at), ...backlog };
}

function toShownEntry({ at, replay, ...entry }: AuditEntry) {
  if (replay === undefined) return { at: toIso(at), ...entry };
  const { id, target, patch } = replay;
  return { at: toIso(at), ...entry, replay: { id, target, ...shownPatch(patch) } };
}

function toShownIntent({ id, target, patch, by, why, at }: ReplayIntent) {
  return { id, target: target.entity, at: toIso(at), by, why, ...shownPatch(patch) };
}

function shownPatch(patch: string | undefined): { readonly patch?: unknown } {
  return patch === undefined ? {} : { patch: JSON.parse(patch) as unknown };
}

function toIsoOrNull(instant: EpochMs | undefined): string | null {
  return instant === undefined ? null : toIso(instant);
}

/** An instant of a producer may be one that no calendar has: then it is shown as its number. */
function toIso(instant: EpochMs): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? String(instant) : date.toISOString();
}

function microsToIso(instant: EpochMicros): string {
  const date = new Date(Number(instant / 1000n));
  if (Number.isNaN(date.getTime())) return String(instant);
  const micros = String(((instant % 1000n) + 1000n) % 1000n).padStart(3, '0');
  return date.toISOString().replace('Z', `${micros}Z`);
}
