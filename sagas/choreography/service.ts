import type { ParticipantName } from '../../domain/messages.ts';
import type { Delivery } from '../../domain/simulation.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { EpochMs } from '../../shared/kernel/time.ts';
import type { SagaDefinition } from '../definition.ts';
import type { CommandHandler } from '../participants/handle-command.ts';
import { commandFor, eventFor, type Task } from './answers.ts';
import { reactionTo, reactorOf } from './reactions.ts';
import type { ChoreographyEvent, ThreadEvent } from './choreography-event.ts';

/** When a message is delivered, if not at once, and whether it is one that was put off. */
export interface Posting {
  readonly deliverAt?: EpochMs;
  readonly isPostponed?: boolean;
}

/** What a participant needs to take part in a choreography. */
export interface ServicePorts {
  readonly definitionNamed: (name: string) => SagaDefinition | undefined;
  /** Takes a command; idempotent by its id. */
  readonly handle: CommandHandler;
  readonly publish: (event: ChoreographyEvent, posting?: Posting) => Promise<void>;
}

/** An event, and how it has been delivered. */
export interface Received<Event extends ChoreographyEvent = ChoreographyEvent> {
  readonly event: Event;
  readonly delivery: Delivery;
}

/**
 * Does what an event calls for, if this participant has to, and tells of it. The event is settled
 * afterwards: whoever stops in between does it again, and says the same again.
 * Errors: those of the ports; `message.refused` (permanent) as `requireDefinition`.
 */
export async function react(
  participant: ParticipantName,
  { event, delivery }: Received<ThreadEvent>,
  ports: ServicePorts,
): Promise<void> {
  const { thread } = event;
  const definition = requireDefinition(ports, thread.definition);
  const reaction = reactionTo(definition, event);
  if (reaction.kind !== 'do' && reaction.kind !== 'undo') return;
  if (reactorOf(reaction) !== participant) return;
  const task: Task = { definition, thread, act: reaction };
  const handling = await ports.handle(commandFor(task), delivery);
  if (handling.kind === 'postponed') {
    await ports.publish(event, { deliverAt: handling.until, isPostponed: true });
    return;
  }
  for (const { reply, deliverAt } of handling.replies) {
    await ports.publish(eventFor(task, reply), deliverAt === undefined ? {} : { deliverAt });
  }
}

/** Who has to see an event, beside the tracker, which sees all of them. */
export function addresseeOf(
  event: ChoreographyEvent,
  ports: Pick<ServicePorts, 'definitionNamed'>,
): ParticipantName | undefined {
  const isRequest =
    event.kind === 'start-requested' ||
    event.kind === 'cancel-requested' ||
    event.kind === 'clock-struck';
  if (isRequest) return undefined;
  return reactorOf(reactionTo(requireDefinition(ports, event.thread.definition), event));
}

/** Errors: `message.refused` (permanent) for a definition that this version does not have. */
export function requireDefinition(
  { definitionNamed }: Pick<ServicePorts, 'definitionNamed'>,
  name: string,
): SagaDefinition {
  const definition = definitionNamed(name);
  if (definition !== undefined) return definition;
  throw new AppError('message.refused', 'This version has no such saga.', {
    kind: 'permanent',
    details: { definition: name },
  });
}
