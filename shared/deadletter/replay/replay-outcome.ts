import type { Violation } from '../../ports/events.ts';
import type { ReplayTarget } from '../../ports/replays.ts';

/** Why a letter is not replayed. It stays as it was. */
type RefusalCode =
  | 'replay.missing'
  | 'replay.state'
  | 'replay.purged'
  | 'replay.changed'
  | 'replay.under_way'
  | 'replay.no_way'
  | 'replay.order'
  | 'replay.invalid'
  | 'replay.payload_mismatch'
  | 'replay.not_json'
  | 'replay.patch_failed'
  | 'replay.identity_changed'
  | 'replay.payload_lost'
  | 'replay.refused';

export interface Refusal {
  readonly code: RefusalCode;
  /** For a person, with what to do about it. */
  readonly detail: string;
  readonly violations?: readonly Violation[];
}

/** What became of a letter, or would. */
export interface ReplayOutcome {
  readonly id: string;
  readonly outcome:
    | 'replayed'
    /** Not sent, for the reason of `code`. */
    | 'skipped'
    /** A dependency did not answer; what was staged goes on with the same id. */
    | 'failed'
    | 'would-pass'
    | 'would-fail'
    | 'would-be-duplicate'
    | 'would-break-order'
    | 'no-way';
  readonly code?: string;
  readonly detail?: string;
  readonly violations?: readonly Violation[];
  readonly target?: string;
  readonly replayId?: string;
}

/** A refusal as a replay shows it, or a dry run. */
export function refusalOutcome(id: string, refusal: Refusal, isDryRun: boolean): ReplayOutcome {
  return { id, outcome: isDryRun ? dryOutcomes[refusal.code] : 'skipped', ...refusal };
}

const dryOutcomes: Readonly<Record<RefusalCode, ReplayOutcome['outcome']>> = {
  'replay.missing': 'no-way',
  'replay.state': 'no-way',
  'replay.purged': 'no-way',
  'replay.changed': 'no-way',
  'replay.under_way': 'no-way',
  'replay.no_way': 'no-way',
  'replay.order': 'would-break-order',
  'replay.invalid': 'would-fail',
  'replay.payload_mismatch': 'would-fail',
  'replay.not_json': 'would-fail',
  'replay.patch_failed': 'would-fail',
  'replay.identity_changed': 'would-fail',
  'replay.payload_lost': 'no-way',
  'replay.refused': 'no-way',
};

export function sentOutcome(id: string, replayId: string, target: ReplayTarget): ReplayOutcome {
  return { id, outcome: 'replayed', replayId, target: target.entity };
}

/** Whether the letter has been sent, or would be: then the next one of its order may follow. */
export function isSent({ outcome }: ReplayOutcome): boolean {
  return ['replayed', 'would-pass', 'would-be-duplicate'].includes(outcome);
}
