import type { Command } from '../../domain/messages.ts';
import { decodeCommand } from '../../sagas/message-codec.ts';
import type { Letter } from '../../shared/messaging/dead-letters/letter-codec.ts';
import { readLetters } from './dead-letters/read-letters.ts';

/** What a person is told of a compensation that cannot be finished. */
export interface StuckNotice {
  readonly sagaId: string;
  /** The queue that a replay goes to. */
  readonly queue: string;
  readonly step: string;
  readonly codes: readonly string[];
  readonly command: Command;
}

/** The stuck compensations in the hub of dead letters, each as often as it was sent. */
export async function readStuckLetters(eventHubs: string): Promise<readonly StuckNotice[]> {
  const letters = await readLetters(eventHubs);
  return letters.filter(({ head }) => head.stage === 'saga').map(toNotice);
}

function toNotice({ head, body }: Letter): StuckNotice {
  const command = decodeCommand(body);
  if (!command.ok) throw new Error(command.problem);
  const [step = ''] = head.author.split('@').slice(-1);
  const codes = head.rejection.violations.map(({ code }) => code);
  const { sagaId } = command.value;
  return { sagaId, queue: head.origin, step, codes, command: command.value };
}
