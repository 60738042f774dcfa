import { addDuration, durationMs, type DurationMs } from '../../shared/kernel/time.ts';
import { busDeadLetter } from '../../shared/messaging/dead-letters/bus-dead-letter.ts';
import { eventTypeOf } from '../../shared/messaging/event-type.ts';
import {
  copyWayOf,
  formerTries,
  retryCopy,
  type FormerTries,
} from '../../shared/messaging/retry-copy.ts';
import type { CircuitReport, Passage } from '../../shared/ports/circuits.ts';
import type { Rejection } from '../../shared/ports/events.ts';
import { failureOf, type Failure } from '../../shared/recoverability/failure.ts';
import { decideRecovery, type Recovery } from '../../shared/recoverability/policy.ts';
import type { Standing } from './keep-order.ts';
import type { Handled, RecoveryParts } from './recovery-parts.ts';
import { barredRejection, blockedRejection, rejectionOf } from './recovery-rejections.ts';

/**
 * Handles a message. `attempt` counts from 1, over all deliveries, rounds and copies. What it
 * returns is why nobody can ever handle the message.
 */
export type Work = (attempt: number) => Promise<Rejection | undefined>;

/** Handles messages so that each of them is handled, tried again, or a dead letter. */
export interface Recoverer {
  /**
   * Resolves when the message may be completed: it was handled, a copy of it will come back later,
   * or it is a dead letter. Errors: that of the work when the message is to be delivered again at
   * once; those of `DeadLetterSender`, `BusSender` and `OrderKeeper`.
   */
  readonly handle: (handled: Handled, work: Work) => Promise<void>;
}

export function createRecoverer(parts: RecoveryParts): Recoverer {
  return {
    handle: async (handled, work) => {
      let next: Course | undefined = begin(parts, handled, work);
      while (next !== undefined) next = await tryOnce(parts, next);
    },
  };
}

/** A message on its way through its attempts. */
interface Course {
  readonly handled: Handled;
  readonly work: Work;
  readonly isOrdered: boolean;
  /** Of a message whose order is kept, once it is known. */
  readonly standing: Standing | undefined;
  readonly rounds: number;
  /** Of this round, the next one included. */
  readonly inRound: number;
  /** Of all, the next one included. */
  readonly attempt: number;
  /** How long its session has waited for delayed rounds. */
  readonly heldMs: number;
}

function begin({ order }: RecoveryParts, handled: Handled, work: Work): Course {
  const { entity, message } = handled;
  const { rounds, attempts } = formerTries(message);
  const inRound = Math.max(1, message.deliveryCount ?? 1);
  return {
    ...{ handled, work, rounds, inRound, heldMs: 0 },
    isOrdered: order.isKept(entity, message),
    standing: undefined,
    attempt: attempts + inRound,
  };
}

/** What an attempt has come to, and what was learnt by it. */
type Attempted = { readonly course: Course } & (
  | { readonly kind: 'handled' }
  | { readonly kind: 'dead'; readonly rejection: Rejection }
  | { readonly kind: 'failed'; readonly error: unknown; readonly passage: Passage | undefined }
);

/** The course of the next attempt within this delivery; undefined when it has come to its end. */
async function tryOnce(parts: RecoveryParts, start: Course): Promise<Course | undefined> {
  const attempted = await attempt(parts, start);
  switch (attempted.kind) {
    case 'handled':
      return undefined;
    case 'dead':
      await bury(parts, attempted.course, attempted.rejection);
      return undefined;
    case 'failed':
      return await recover(parts, attempted.course, attempted);
  }
}

async function attempt(parts: RecoveryParts, start: Course): Promise<Attempted> {
  let [course, passage]: [Course, Passage | undefined] = [start, undefined];
  try {
    course = await place(parts, start);
    const obstacle = obstacleOf(course.standing);
    if (obstacle !== undefined) return { kind: 'dead', course, rejection: obstacle };
    const { entity, message } = course.handled;
    const type = eventTypeOf(message);
    passage = await parts.breaker.enter({ consumer: entity, type });
    if (passage.kind === 'barred')
      return { kind: 'dead', course, rejection: barredRejection(type) };
    const rejection = await course.work(course.attempt);
    await passage.report(rejection === undefined ? 'handled' : 'inconclusive');
    return rejection === undefined
      ? { kind: 'handled', course }
      : { kind: 'dead', course, rejection };
  } catch (error) {
    return { kind: 'failed', course, error, passage };
  }
}

async function place({ order }: RecoveryParts, course: Course): Promise<Course> {
  if (!course.isOrdered || course.standing !== undefined) return course;
  const { entity, message } = course.handled;
  return { ...course, standing: await order.standingOf(entity, message) };
}

function obstacleOf(standing: Standing | undefined): Rejection | undefined {
  if (standing?.kind === 'dead') return standing.rejection;
  return standing?.kind === 'blocked' ? blockedRejection(standing.by) : undefined;
}

async function recover(
  parts: RecoveryParts,
  course: Course,
  { error, passage }: { readonly error: unknown; readonly passage: Passage | undefined },
): Promise<Course | undefined> {
  const failure = failureOf(error);
  const isProbe = passage?.kind === 'probe';
  const recovery = isProbe ? giveUp : decide(parts, course, failure);
  switch (recovery.action) {
    case 'retry-now':
      // What was held before is still locked: it needs no new delivery.
      if (course.heldMs === 0) throw error;
      return { ...course, inRound: course.inRound + 1, attempt: course.attempt + 1 };
    case 'retry-later':
      return await retryLater(parts, course, recovery.delay);
    case 'give-up': {
      await passage?.report(reportOf(failure, isProbe));
      await bury(parts, course, rejectionOf(failure, { isProbe, attempt: course.attempt }));
      return undefined;
    }
  }
}

/** A dependency that is down tells nothing of a type, but a probe that meets it has proved nothing. */
function reportOf({ blames }: Failure, isProbe: boolean): CircuitReport {
  if (blames === 'content') return 'inconclusive';
  return blames === 'handling' || isProbe ? 'failed' : 'inconclusive';
}

const giveUp: Recovery = { action: 'give-up' };

function decide(
  { settings, random }: RecoveryParts,
  { inRound, rounds }: Course,
  failure: Failure,
): Recovery {
  return decideRecovery(settings.retries, failure, { inRound, rounds, random: random() });
}

async function retryLater(
  parts: RecoveryParts,
  course: Course,
  delay: DurationMs,
): Promise<Course | undefined> {
  if (course.isOrdered) return await hold(parts, course, delay);
  const tries = { rounds: course.rounds + 1, attempts: course.attempt };
  await scheduleCopy(parts, course.handled, { tries, delay });
  return undefined;
}

/** Has a copy of the message come back after the delay; then it may be completed. */
export async function scheduleCopy(
  { bus, clock, log, sharedQueue }: Pick<RecoveryParts, 'bus' | 'clock' | 'log' | 'sharedQueue'>,
  { entity, message }: Handled,
  { tries, delay }: { readonly tries: FormerTries; readonly delay: DurationMs },
): Promise<void> {
  const way = copyWayOf(entity, sharedQueue);
  const deliverAt = addDuration(clock.now(), delay);
  await (await bus()).send(way.queue, retryCopy(message, way, tries), deliverAt);
  const { sequenceNumber } = message;
  log.warn('A message will be tried again later', { entity, sequenceNumber, ...tries, delay });
}

/** The host renews the lock of a session for five minutes (host.json), and handling takes time. */
const maxHoldMs = 240_000;

/** A copy would be overtaken by the rest of its session: the session waits, and others go on. */
async function hold(parts: RecoveryParts, course: Course, delay: DurationMs): Promise<Course> {
  const held = durationMs(Math.min(delay, Math.max(1, maxHoldMs - course.heldMs)));
  parts.log.warn('A session waits for a message to be tried again', {
    ...describe(course),
    delay: held,
  });
  await parts.wait(held);
  return {
    ...course,
    rounds: course.rounds + 1,
    inRound: 1,
    attempt: course.attempt + 1,
    heldMs: course.heldMs + held,
  };
}

/** Makes a message a dead letter; then it may be completed. */
async function bury(parts: RecoveryParts, course: Course, rejection: Rejection): Promise<void> {
  const { deadLetters, order, log } = parts;
  const { handled, isOrdered, attempt } = course;
  const { entity, message } = handled;
  const at = course.standing?.diedAt ?? parts.clock.now();
  const retryCount = Math.max(0, attempt - 1);
  const death = { entity, stage: 'handle', rejection, at, retryCount } as const;
  const letter = busDeadLetter(message, death);
  // Before the message is gone, the next one of its session must find that it died.
  if (isOrdered) await order.keep(letter);
  await deadLetters.reject([letter]);
  const { code } = rejection.violations[0];
  log.warn('Rejected a message', { ...describe(course), code });
}

function describe({ handled, attempt }: Course) {
  const { entity, message } = handled;
  return { entity, sequenceNumber: message.sequenceNumber, attempt };
}
