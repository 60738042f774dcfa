import type { DurationMs, EpochMs } from '../../../../shared/kernel/time.ts';
import type { JsonText } from '../history/history-event.ts';

/** How often and how soon a failed call is repeated. */
export interface RetryOptions {
  readonly firstInterval: DurationMs;
  readonly maxAttempts: number;
  readonly backoffCoefficient: number;
  /** Undefined: no limit. */
  readonly maxInterval: DurationMs | undefined;
  /** Counted from the first attempt; undefined: no limit. */
  readonly timeout: DurationMs | undefined;
}

export interface CallActivity {
  readonly kind: 'callActivity';
  readonly name: string;
  readonly input: JsonText;
  readonly retry: RetryOptions | undefined;
}

export interface CallSubOrchestrator {
  readonly kind: 'callSubOrchestrator';
  readonly name: string;
  readonly input: JsonText;
  readonly instanceId: string | undefined;
  readonly version: string | undefined;
  readonly retry: RetryOptions | undefined;
}

export interface CreateTimer {
  readonly kind: 'createTimer';
  readonly fireAt: EpochMs;
  readonly isCanceled: boolean;
}

export interface SendToEntity {
  readonly kind: 'callEntity' | 'signalEntity';
  /** `@name@key`, the name in lower case. */
  readonly target: string;
  readonly operation: string;
  readonly input: JsonText;
}

/**
 * One thing that an orchestrator has asked for. An orchestrator answers all of them since its start,
 * in the order of their first yield and without numbers.
 * Source: durable-functions 3.5.0, lib/src/actions.
 */
export type Action =
  | CallActivity
  | CallSubOrchestrator
  | CreateTimer
  | SendToEntity
  | { readonly kind: 'waitForEvent'; readonly name: string }
  | { readonly kind: 'continueAsNew'; readonly input: JsonText }
  | { readonly kind: 'whenAll' | 'whenAny'; readonly children: readonly Action[] }
  /** Something that this host cannot do, in words. */
  | { readonly kind: 'unsupported'; readonly what: string };

/** What one run of an orchestrator has answered. */
export interface OrchestratorAnswer {
  readonly actions: readonly Action[];
  readonly customStatus: JsonText;
  readonly end:
    | { readonly kind: 'notYet' }
    | { readonly kind: 'returned'; readonly output: JsonText }
    | { readonly kind: 'threw'; readonly message: string };
}
