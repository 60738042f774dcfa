import type { EventReader, ReadItem, Rejection } from '../../ports/events.ts';
import type { HubMessage } from '../../ports/hub.ts';
import type { ResolutionItem } from '../../ports/resolutions.ts';
import { decodeLetter, type Letter } from './letter-codec.ts';
import { decodeResolution, isResolution } from './resolution-codec.ts';

type Items = readonly [ReadItem, ...ReadItem[]];

/**
 * Reads the hub `dead-letters`: every event of a message that died is an item, accepted under the
 * position at which it died, so that it becomes one dead letter however often it is carried. What
 * the events say of themselves, and what of them is personal, is for the reader of events to tell.
 * A change of the resolution of a dead letter is an item of its own: the dead letter and the number of
 * the change tell copies. Pure and total, like that one: what is neither is rejected, and so becomes
 * a row as well.
 */
export function createDeadLetterReader(reader: EventReader, table: string): EventReader {
  return {
    read: (message) => {
      if (isResolution(message)) return readResolution(reader, table, message);
      const letter = decodeLetter(message);
      return letter.ok
        ? readLetter(reader, table, { message, letter: letter.value })
        : refuse(reader.read(message), letter.problem);
    },
  };
}

function readLetter(
  reader: EventReader,
  table: string,
  { message, letter }: { readonly message: HubMessage; readonly letter: Letter },
): Items {
  const { head, properties, body, judged } = letter;
  const contentType = head.contentType ?? undefined;
  const found = reader.read({ ...message, contentType, properties, body });
  const isBatch = found.length > 1;
  const [first, ...others] = found.filter(({ index }) => !judged.includes(index));
  const toItem = (item: ReadItem): ReadItem => ({
    ...item,
    judgement: {
      kind: 'accepted',
      key: { source: head.author, id: `${head.sequenceNumber}/${item.index}` },
      table,
      // The position alone tells copies: the second one may have been described otherwise.
      payloadHash: 'v1:position',
    },
    // A single event of a batch is replayed as what it is.
    deadLetter: isBatch ? { ...head, contentType: 'application/cloudevents+json' } : head,
  });
  return [toItem(first ?? found[0]), ...others.map(toItem)];
}

function readResolution(reader: EventReader, table: string, message: HubMessage): Items {
  const change = decodeResolution(message);
  const found = reader.read(message);
  if (!change.ok) return refuse(found, change.problem);
  const { letter, number } = change.value;
  const key = { source: `resolution:${letter.id}`, id: String(number) };
  const item: ResolutionItem = {
    ...found[0],
    index: 0,
    judgement: { kind: 'accepted', key, table, payloadHash: 'v1:position' },
    resolutionChange: change.value,
  };
  return [item];
}

function refuse([first, ...others]: Items, problem: string): Items {
  const rejection: Rejection = {
    category: 'schema',
    violations: [
      {
        code: 'deadletter.unreadable',
        detail: `The message is no dead letter of ours: ${problem}.`,
      },
    ],
  };
  const judgement = { kind: 'rejected', rejection } as const;
  return [{ ...first, judgement }, ...others.map((item) => ({ ...item, judgement }))];
}
