import { openHubs } from '../../../functions/compose/hubs.ts';
import { entities } from '../../../functions/entities.ts';
import { durationMs, systemClock } from '../../../shared/kernel/time.ts';
import { decodeLetter, type Letter } from '../../../shared/messaging/dead-letters/letter-codec.ts';
import { createHubDirectory } from '../../../shared/messaging/hub-directory.ts';
import { askHubFacts, createHubReader } from '../../../shared/messaging/hub-reader.ts';

/** Everything in the hub of dead letters that is one, each as often as it was sent. */
export async function readLetters(eventHubs: string): Promise<readonly Letter[]> {
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
    return found.flat().flatMap((message) => {
      const letter = decodeLetter(message);
      return letter.ok ? [letter.value] : [];
    });
  } finally {
    await hubs.close();
  }
}
