import type { Command, ParticipantName, Reply } from '../../domain/messages.ts';
import type { SagaDefinition } from '../definition.ts';
import { commandFor, eventFor, type Task } from './answers.ts';
import { reactionTo, reactorOf } from './reactions.ts';
import type { ChoreographyEvent, ThreadEvent } from './choreography-event.ts';

/** What a participant needs to take part in a choreography. */
export interface ServicePorts {
  readonly definitionNamed: (name: string) => SagaDefinition | undefined;
  /** Takes a command; idempotent by its id. No reply is one that comes later, or never. */
  readonly handle: (command: Command) => Promise<readonly Reply[]>;
  readonly publish: (event: ChoreographyEvent) => Promise<void>;
}

/**
 * Does what an event calls for, if this participant has to, and tells of it. The event is settled
 * afterwards: whoever stops in between does it again, and says the same again.
 * Errors: those of the ports; `bug` for a definition that this version does not know.
 */
export async function react(
  participant: ParticipantName,
  event: ThreadEvent,
  ports: ServicePorts,
): Promise<void> {
  const { thread } = event;
  const definition = requireDefinition(ports, thread.definition);
  const reaction = reactionTo(definition, event);
  if (reaction.kind !== 'do' && reaction.kind !== 'undo') return;
  if (reactorOf(reaction) !== participant) return;
  const task: Task = { definition, thread, act: reaction };
  const replies = await ports.handle(commandFor(task));
  for (const reply of replies) await ports.publish(eventFor(task, reply));
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

/** The definition of a saga. Errors: throws for one that this version does not know. */
export function requireDefinition(
  { definitionNamed }: Pick<ServicePorts, 'definitionNamed'>,
  name: string,
): SagaDefinition {
  const definition = definitionNamed(name);
  if (definition === undefined) throw new Error(`There is no saga ${name} in this version.`);
  return definition;
}
