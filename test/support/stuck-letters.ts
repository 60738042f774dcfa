import type { Command } from '../../domain/messages.ts';
import { openHubs } from '../../functions/compose/hubs.ts';
import { entities } from '../../functions/entities.ts';
import { decodeCommand } from '../../sagas/message-codec.ts';
import { durationMs, systemClock } from '../../shared/kernel/time.ts';
import { decodeLetter } from '../../shared/messaging/dead-letters/letter-codec.ts';
import { createHubDirectory } from '../../shared/messaging/hub-directory.ts';
import { askHubFacts, createHubReader } from '../../shared/messaging/hub-reader.ts';
import type { HubMessage } from '../../shared/ports/hub.ts';

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
  const connection = { kind: 'connection-string', text: eventHubs, namespace: 'test' } as const;
  const hubs = await openHubs(connection, '$Default');
  const hub = entities.deadLettersHub;
  const ask = () => askHubFacts(hubs.consumerOf(hub));
  const directory = createHubDirectory({ ask, clock: systemClock, maxAge: durationMs(1_000) });
  const timeout = durationMs(10_000);
  const reader = createHubReader({ clientOf: hubs.consumerOf, directory, timeout });
  try {
    const { incarnation, partitionIds } = await directory.facts(hub);
    const found = await Promise.all(
      partitionIds.map((partitionId) => {
        const consumerGroup = '$Default';
        const partition = { namespace: 'test', hub, incarnation, consumerGroup, partitionId };
        return reader.read(partition, 0, Number.MAX_SAFE_INTEGER);
      }),
    );
    return found.flat().flatMap(toNotice);
  } finally {
    await hubs.close();
  }
}

function toNotice(message: HubMessage): StuckNotice[] {
  const letter = decodeLetter(message);
  if (!letter.ok || letter.value.head.stage !== 'saga') return [];
  const { head, body } = letter.value;
  const command = decodeCommand(body);
  if (!command.ok) throw new Error(command.problem);
  const [step = ''] = head.author.split('@').slice(-1);
  const codes = head.rejection.violations.map(({ code }) => code);
  const { sagaId } = command.value;
  return [{ sagaId, queue: head.origin, step, codes, command: command.value }];
}
