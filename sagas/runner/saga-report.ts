import { commandIdOf, undoIdOf } from '../../domain/messages.ts';
import type {
  ClaimPhase,
  InstanceStatus,
  SagaClaim,
  SagaEnding,
  SagaFile,
} from '../../shared/ports/sagas.ts';
import { toJournal, toShownView } from './run-codec.ts';
import type { RunView } from './run-view.ts';
import type { JournalEntry, SagaPhase, SagaReason } from './saga-state.ts';

/** A saga as the HTTP API shows it. Instants are texts of ISO 8601. */
export interface SagaReport {
  readonly sagaId: string;
  readonly definition: string | null;
  readonly variant: 'orchestration' | 'choreography';
  /**
   * `awaited`: only a cancel is known; `accepted`: no run has entered yet; otherwise the phase.
   */
  readonly state: 'awaited' | 'accepted' | SagaPhase;
  readonly reason: SagaReason | null;
  readonly claimedAt: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Of the durable instance while a run holds the saga; `missing` and `failed` ask for a person. */
  readonly instance: InstanceStatus['state'] | 'missing' | null;
  readonly timeline: readonly ShownEntry[];
  readonly commands: readonly ShownCommand[];
  readonly replies: readonly ShownReply[];
  readonly cancels: readonly { readonly id: string; readonly code: string; readonly at: string }[];
  readonly compensations: readonly { readonly step: string; readonly status: UndoStatus }[];
  /** What a person has to finish, each with the command to repeat. */
  readonly stuck: readonly object[];
}

type ShownEntry = Omit<JournalEntry, 'at'> & { readonly at: string };
type UndoStatus = 'requested' | 'done' | 'failed' | 'held';

interface ShownCommand {
  readonly id: string;
  readonly step: string;
  readonly kind: 'do' | 'undo';
  readonly attempts: number;
  readonly at: string;
}

interface ShownReply {
  readonly id: string;
  readonly commandId: string;
  readonly outcome: 'done' | 'refused';
  readonly code: string | null;
  readonly at: string;
  /** The run had ended before it could read the reply. */
  readonly isLate: boolean;
}

/** Puts together what is known of a saga: its rows, and its instance while a run holds it. Pure. */
export function reportSaga(
  sagaId: string,
  { stored, replies, cancels }: SagaFile,
  status: InstanceStatus | undefined,
): SagaReport {
  const seen = stored && isOver(stored.claim) ? seenBy(stored.claim) : undefined;
  return {
    ...(stored === undefined ? unclaimed : reportClaim(stored.claim, status)),
    sagaId,
    variant: 'orchestration',
    replies: replies.map(({ id, commandId, outcome, code = null, receivedAt }) => {
      const isLate = seen !== undefined && !seen.has(id);
      return { id, commandId, outcome, code, at: isoOf(receivedAt), isLate };
    }),
    cancels: cancels.map(({ id, code, receivedAt }) => ({ id, code, at: isoOf(receivedAt) })),
  };
}

type ClaimReport = Omit<SagaReport, 'sagaId' | 'variant' | 'replies' | 'cancels'>;

const unclaimed: ClaimReport = {
  ...{ definition: null, state: 'awaited', reason: null, instance: null },
  ...{ claimedAt: null, startedAt: null, endedAt: null },
  ...{ timeline: [], commands: [], compensations: [], stuck: [] },
};

function reportClaim(claim: SagaClaim, status: InstanceStatus | undefined): ClaimReport {
  const { definition, claimedAt, enteredAt } = claim;
  const shown = isHeld(claim) ? reportHeld(status) : reportOver(claim);
  const journal = [...journalOf(claim), ...shown.journal];
  return {
    ...{ definition, claimedAt: isoOf(claimedAt), startedAt: toIso(enteredAt) },
    ...shown.report,
    state: stateOf(claim, shown.phase),
    timeline: journal.map((entry) => ({ ...entry, at: isoOf(entry.at) })),
    commands: commandsOf(claim.sagaId, journal),
    compensations: compensationsOf(journal),
  };
}

interface Shown {
  readonly phase: SagaPhase | undefined;
  readonly journal: readonly JournalEntry[];
  readonly report: Pick<SagaReport, 'reason' | 'endedAt' | 'instance' | 'stuck'>;
}

function reportHeld(status: InstanceStatus | undefined): Shown {
  const { phase, reason, journal }: Partial<RunView> = toShownView(status?.view) ?? {};
  const report = { reason: reason ?? null, endedAt: null, stuck: [] };
  const instance = status?.state ?? 'missing';
  return { phase, journal: journal ?? [], report: { ...report, instance } };
}

function reportOver(claim: SagaClaim): Shown {
  const ending = isOver(claim) ? endingOf(claim) : undefined;
  const report = { reason: ending?.reason ?? null, stuck: ending?.stuck ?? [], instance: null };
  return { phase: ending?.outcome, journal: [], report: { ...report, endedAt: toIso(ending?.at) } };
}

/** Whether a run holds the saga, or is about to: then its instance has something to say. */
export function isHeld({ phase }: SagaClaim): boolean {
  return phase === 'running' || phase === 'returning';
}

function isOver({ phase }: SagaClaim): boolean {
  return phase === 'closed';
}

function endingOf({ ending, returnEnding }: SagaClaim): SagaEnding | undefined {
  return returnEnding ?? ending;
}

function seenBy({ ending, returnEnding }: SagaClaim): ReadonlySet<string> {
  return new Set([ending, returnEnding].flatMap((each) => each?.seen ?? []));
}

function journalOf({ ending, returnEnding }: SagaClaim): readonly JournalEntry[] {
  return [ending, returnEnding].flatMap((each) => toJournal(each?.journal ?? []));
}

/** What is shown of a phase of the claim when nobody knows more. */
const plainStates: Readonly<Record<ClaimPhase, SagaReport['state']>> = {
  claimed: 'accepted',
  running: 'running',
  returning: 'compensating',
  closed: 'needs-human',
};

function stateOf({ phase }: SagaClaim, shown: SagaPhase | undefined): SagaReport['state'] {
  return shown ?? plainStates[phase];
}

const sendings: Readonly<Partial<Record<JournalEntry['what'], ShownCommand['kind']>>> = {
  'command-sent': 'do',
  'undo-sent': 'undo',
};

/** One per command, with its last attempt; the journal holds the first line and the last. */
export function commandsOf(
  sagaId: string,
  journal: readonly JournalEntry[],
): readonly ShownCommand[] {
  const commands = new Map<string, ShownCommand>();
  for (const { what, step, attempt: attempts = 1, at } of journal) {
    const kind = sendings[what];
    if (step === undefined || kind === undefined) continue;
    const id = (kind === 'undo' ? undoIdOf : commandIdOf)(sagaId, step);
    commands.set(id, { id, step, kind, attempts, at: commands.get(id)?.at ?? isoOf(at) });
  }
  return [...commands.values()];
}

const undoStatuses: Readonly<Partial<Record<JournalEntry['what'], UndoStatus>>> = {
  'undo-sent': 'requested',
  'undo-done': 'done',
  'undo-failed': 'failed',
  'undo-held': 'held',
};

export function compensationsOf(journal: readonly JournalEntry[]): SagaReport['compensations'] {
  const statuses = new Map<string, UndoStatus>();
  for (const { what, step } of journal) {
    const status = undoStatuses[what];
    if (step !== undefined && status !== undefined) statuses.set(step, status);
  }
  return [...statuses].map(([step, status]) => ({ step, status }));
}

function toIso(instant: number | undefined): string | null {
  return instant === undefined ? null : isoOf(instant);
}

export function isoOf(instant: number): string {
  return new Date(instant).toISOString();
}
