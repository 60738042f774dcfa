import { AppError } from '../../shared/kernel/app-error.ts';
import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import { busDeadLetter } from '../../shared/messaging/dead-letters/bus-dead-letter.ts';
import type { Rejection } from '../../shared/ports/events.ts';
import type { Foundation } from './foundation.ts';

/** A message of an entity that somebody handles. */
export interface Handled {
  readonly entity: string;
  readonly message: BusMessage;
}

type RejectPorts = Pick<Foundation, 'deadLetters' | 'clock' | 'log'>;

/** Makes a message a dead letter; then it may be completed. Errors: as `DeadLetterSender`. */
export async function rejectMessage(
  { deadLetters, clock, log }: RejectPorts,
  { entity, message }: Handled,
  rejection: Rejection,
): Promise<void> {
  const death = { entity, stage: 'handle', rejection, at: clock.now() } as const;
  await deadLetters.reject([busDeadLetter(message, death)]);
  const { sequenceNumber } = message;
  const { code } = rejection.violations[0];
  log.warn('Rejected a message that nobody can handle', { entity, sequenceNumber, code });
}

/**
 * Handles a message. One that is refused for good (`message.refused`) becomes a dead letter at once:
 * further deliveries would only end the same way. Errors: the others of `handle`, and those of
 * `rejectMessage`.
 */
export async function rejectRefused(
  ports: RejectPorts,
  handled: Handled,
  handle: () => Promise<void>,
): Promise<void> {
  try {
    await handle();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'message.refused') throw error;
    await rejectMessage(ports, handled, rejectionOf(error));
  }
}

function rejectionOf({ code, message, details }: AppError): Rejection {
  const reason = typeof details['code'] === 'string' ? details['code'] : code;
  // Messages of our own; what they quote may be as long as what was sent.
  const detail = message.slice(0, 1_000).toWellFormed();
  const category = reason.startsWith('idempotency.') ? 'schema' : 'processing';
  return { category, violations: [{ code: reason, detail }] };
}
