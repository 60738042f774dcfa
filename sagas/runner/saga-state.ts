import type { Command, Reply } from '../../domain/messages.ts';
import type { JsonObject } from '../../shared/kernel/json-value.ts';
import type { EpochMs } from '../../shared/kernel/time.ts';
import type { Patience } from '../definition.ts';

/** The named final states. */
export type SagaOutcome = 'completed' | 'compensated' | 'needs-human';

/** What a saga is when nobody looks closer. `running` until its fate is decided. */
export type SagaPhase = 'running' | 'compensating' | SagaOutcome;

/** Why a saga is compensated. */
export interface SagaReason {
  /** For example `payment.declined`, `step.timeout`, `saga.timeout`, `saga.cancelled`. */
  readonly code: string;
  readonly detail: string;
}

/** What the machine is told. */
export type SagaInput =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'cancel'; readonly id: string; readonly reason: SagaReason }
  /** The instant `wakeAt` has come. */
  | { readonly kind: 'time' };

export interface SagaStart {
  readonly sagaId: string;
  /** The orchestration instance, which replies go to. */
  readonly instanceId: string;
  readonly facts: JsonObject;
  readonly startedAt: EpochMs;
  /** When a saga that has not ended begins to compensate; also `notAfter` of its commands. */
  readonly deadline: EpochMs;
  readonly traceparent?: string;
  readonly stepPatience: Patience;
  readonly compensationPatience: Patience;
}

/** One line of a saga's timeline. Short names of steps and codes only, no payload. */
export interface JournalEntry {
  readonly at: EpochMs;
  readonly what:
    | 'started'
    | 'command-sent'
    | 'reply-done'
    | 'reply-refused'
    | 'reply-ignored'
    | 'step-timed-out'
    | 'saga-timed-out'
    | 'cancelled'
    | 'undo-sent'
    | 'undo-done'
    | 'undo-failed'
    | 'undo-held'
    | 'ended';
  readonly step?: string;
  readonly attempt?: number;
  /** The reason, code or outcome. */
  readonly code?: string;
}

/** A compensation that a person must finish: it failed for good, or waits for one that did. */
export interface StuckCompensation {
  readonly step: string;
  readonly status: 'failed' | 'held';
  /** The command to repeat by hand. */
  readonly command: Command;
  readonly code: string;
  readonly detail: string;
}

/** What the runner sees of the machine's state; the rest is the machine's own. */
export interface SagaView {
  readonly phase: SagaPhase;
  /** The next instant at which the machine wants to be told the time; undefined when ended. */
  readonly wakeAt: EpochMs | undefined;
  readonly reason: SagaReason | undefined;
  readonly journal: readonly JournalEntry[];
  /** Empty unless the phase is `needs-human`. */
  readonly stuck: readonly StuckCompensation[];
}

/** A step of the machine: its new state, and the commands to send because of it, in order. */
export interface Advance<State extends SagaView> {
  readonly state: State;
  readonly commands: readonly Command[];
}
