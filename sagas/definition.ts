import type { ParticipantName } from '../domain/messages.ts';
import type { JsonObject } from '../shared/kernel/json-value.ts';
import type { Result } from '../shared/kernel/result.ts';
import type { DurationMs } from '../shared/kernel/time.ts';

/** How often a command is sent, and how long each sending may stay without an answer. */
export interface Patience {
  /** At least 1. The same command, with the same id, is sent again when the time is up. */
  readonly attempts: number;
  /** Of the first attempt. */
  readonly timeout: DurationMs;
  /** Each further attempt waits so many times longer; 1 or more. */
  readonly backoff: number;
}

export interface CompensationDefinition {
  /** The command, for example `refund-payment`. */
  readonly name: string;
  /** Steps whose compensations must have succeeded first: refund waits for the parcel. */
  readonly dependsOn: readonly string[];
  /** Left out: the runner's default. */
  readonly patience?: Patience;
}

export interface StepDefinition {
  /** Also the name of its command, for example `charge-payment`. */
  readonly name: string;
  readonly participant: ParticipantName;
  /** The data of the command, from what the saga knows so far. */
  readonly command: (facts: JsonObject) => JsonObject;
  /** What the saga knows after the step is done; left out: nothing new. */
  readonly evolve?: (facts: JsonObject, reply: JsonObject) => JsonObject;
  /** Registered before the command goes out; left out: there is nothing to undo. */
  readonly compensation?: CompensationDefinition;
  /** Left out: the runner's default. */
  readonly patience?: Patience;
}

/** A saga: data and pure functions. The runner and the choreography both interpret it. */
export interface SagaDefinition {
  readonly name: string;
  /** Catalogue names of the events that start it, for example `erp.salesorder.created`. */
  readonly startedBy: readonly string[];
  /** Catalogue names of the events that have it compensated, wherever it is. */
  readonly cancelledBy: readonly string[];
  /** The business key in the data of a starting or cancelling event. */
  readonly idOf: (data: JsonObject) => string | undefined;
  /** What the saga knows at its start. */
  readonly factsOf: (data: JsonObject) => Result<JsonObject, string>;
  readonly steps: readonly [StepDefinition, ...StepDefinition[]];
}
