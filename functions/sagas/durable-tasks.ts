import { RetryOptions, type OrchestrationContext, type Task } from 'durable-functions';
import { durationMs, epochMs, type DurationMs, type EpochMs } from '../../shared/kernel/time.ts';

// The one place that knows how tasks of durable-functions 3.x behave. In 4.x an event goes to the
// waiter that was registered first, so that `openMailbox` has to race the same task again there.

type Durable = OrchestrationContext['df'];

/** The event by which replies and cancels reach a run. */
export const messageEvent = 'message';

/** What a run was woken by. */
export type Woken =
  { readonly kind: 'message'; readonly message: unknown } | { readonly kind: 'time' };

export interface Mailbox {
  /** Waits for the next message, or until an instant, whichever comes first. */
  readonly next: (wakeAt: EpochMs) => Generator<Task, Woken, unknown>;
}

/**
 * The messages of a run, none of which is lost and none of which is read twice. A waiter that lost
 * its race stays open and will get a message that arrives while the run is busy, so all open ones
 * are looked at before a new one is made. The same task must not be raced again: 3.x registers it
 * twice, and the second registration swallows a later message.
 */
export function openMailbox(df: Durable): Mailbox {
  const open: Task[] = [];
  return {
    *next(wakeAt) {
      const arrived = open.findIndex(({ isCompleted }) => isCompleted);
      if (arrived >= 0) return messageOf(open.splice(arrived, 1)[0]);
      const wait = df.waitForExternalEvent(messageEvent);
      const timer = df.createTimer(new Date(wakeAt));
      yield df.Task.any([wait, timer]);
      // A timer that is left alone keeps the instance running until it fires.
      if (!timer.isCompleted) timer.cancel();
      if (wait.isCompleted) return messageOf(wait);
      open.push(wait);
      return { kind: 'time' };
    },
  };
}

function messageOf(wait: Task | undefined): Woken {
  return { kind: 'message', message: wait?.result };
}

/** The time of a run: the same in every replay, and it never goes back. */
export function timeOf(df: Durable): EpochMs {
  return epochMs(new Date(df.currentUtcDateTime).getTime());
}

export interface Retries {
  readonly attempts: number;
  readonly first: DurationMs;
  readonly longest: DurationMs;
}

/** For what a saga cannot go on without: it outlasts an outage of hours. */
export const patientRetries: Retries = {
  attempts: 500,
  first: durationMs(1_000),
  longest: durationMs(60_000),
};

/** For what the saga itself repeats: it outlasts a hiccup. */
export const briefRetries: Retries = {
  attempts: 5,
  first: durationMs(500),
  longest: durationMs(8_000),
};

/** An activity that is tried again, after longer and longer pauses, when it fails. */
export function callWithRetries(
  df: Durable,
  { name, input }: { readonly name: string; readonly input: unknown },
  { attempts, first, longest }: Retries,
): Task {
  const options = new RetryOptions(first, attempts);
  options.backoffCoefficient = 2;
  options.maxRetryIntervalInMilliseconds = longest;
  return df.callActivityWithRetry(name, options, input);
}
