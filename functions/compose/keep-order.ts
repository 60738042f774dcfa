import { deadLetterId } from '../../shared/ingest/dead-letter-id.ts';
import { recordsOfLetter, type LetterRecordPorts } from '../../shared/ingest/letter-records.ts';
import { orderKeyOf } from '../../shared/kernel/order-key.ts';
import { replayProperties } from '../../shared/kernel/replay-properties.ts';
import { epochMs, type EpochMs } from '../../shared/kernel/time.ts';
import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import { busDeadLetter } from '../../shared/messaging/dead-letters/bus-dead-letter.ts';
import { encodeLetter } from '../../shared/messaging/dead-letters/letter-codec.ts';
import type { DeadLetterDesk, LetterQuery } from '../../shared/ports/dead-letter-desk.ts';
import type { DeadLetterIntake, DeadMessage } from '../../shared/ports/dead-letters.ts';
import type { Rejection } from '../../shared/ports/events.ts';
import type { HubMessage } from '../../shared/ports/hub.ts';

/** What order says of a message before anybody handles it. */
export type Standing =
  | {
      readonly kind: 'free';
      /** Of a replayed message: when it died first, which is its place among the others. */
      readonly diedAt: EpochMs | undefined;
    }
  /** It became a dead letter before, and its delivery was not settled. */
  | { readonly kind: 'dead'; readonly rejection: Rejection; readonly diedAt: EpochMs }
  /** An earlier message of its session is an open dead letter, or its replay stands behind this one. */
  | { readonly kind: 'blocked'; readonly by: string; readonly diedAt: EpochMs };

/** Keeps the order of sessions in which messages die. Errors: `storage.unavailable` (transient). */
export interface OrderKeeper {
  /** Whether the entity is ordered and the message has a session. */
  isKept(entity: string, message: BusMessage): boolean;
  /** Of a message whose order is kept; any other one is free. */
  standingOf(entity: string, message: BusMessage): Promise<Standing>;
  /** Makes the dead letter known to `standingOf`, at once. */
  keep(letter: DeadMessage): Promise<void>;
}

export interface OrderPorts extends LetterRecordPorts {
  readonly desk: Pick<DeadLetterDesk, 'list' | 'show'>;
  readonly intake: DeadLetterIntake;
  readonly now: () => EpochMs;
}

/** `open` builds the ports when the first message of an ordered entity comes. */
export function createOrderKeeper(
  entities: readonly string[],
  open: () => Promise<OrderPorts>,
): OrderKeeper {
  const ordered = new Set(entities.map((entity) => entity.toLowerCase()));
  return {
    isKept: (entity, { sessionId }) => sessionId !== undefined && ordered.has(entity.toLowerCase()),
    standingOf: async (entity, message) => {
      const { sessionId } = message;
      if (sessionId === undefined) return { kind: 'free', diedAt: undefined };
      return await findStanding(await open(), { entity, message, sessionId });
    },
    keep: async (letter) => {
      const ports = await open();
      await ports.intake.record(await recordsOfLetter(ports, toHubMessage(letter)));
    },
  };
}

interface Asked {
  readonly entity: string;
  readonly message: BusMessage;
  readonly sessionId: string;
}

async function findStanding(ports: OrderPorts, asked: Asked): Promise<Standing> {
  const { desk, now } = ports;
  const key = orderKeyOf(asked.entity, asked.sessionId);
  const former = await findOwn(ports, asked);
  if (former !== undefined) return former;
  const replayed = await findReplayed(ports, { message: asked.message, key });
  const by =
    replayed === undefined
      ? ((await findOpen(desk, { key })) ?? (await findOvertaken(desk, key, asked.message)))
      : await findOpen(desk, { key, before: replayed.diedAt });
  if (by === undefined) return { kind: 'free', diedAt: replayed?.diedAt };
  const diedAt = replayed?.diedAt ?? (await afterAll(desk, key, now()));
  return { kind: 'blocked', by, diedAt };
}

async function findOpen(
  desk: OrderPorts['desk'],
  query: Pick<LetterQuery, 'key' | 'before'>,
): Promise<string | undefined> {
  const { letters } = await desk.list({ states: ['open'], size: 1, ...query });
  return letters[0]?.id;
}

/**
 * Asked after `findOpen` and never beside it: a letter that is replayed meanwhile is seen by one of them.
 * A letter that was replayed after the message had been enqueued: the replay stands behind it in the
 * queue. Parked, the message is sent behind the replay in its turn.
 */
async function findOvertaken(
  desk: OrderPorts['desk'],
  key: string,
  { enqueuedAt }: BusMessage,
): Promise<string | undefined> {
  let after: string | undefined;
  do {
    const page = await desk.list({
      ...{ states: ['replayed'], key, size: pageSize },
      ...(after !== undefined && { after }),
    });
    const files = await Promise.all(page.letters.map(({ id }) => desk.show(id)));
    const found = files.find((file) => Number(file?.resolution.at ?? 0) >= enqueuedAt);
    if (found !== undefined) return found.record.id;
    after = page.next;
  } while (after !== undefined);
  return undefined;
}

/** Only a message that is delivered again can have died already. */
async function findOwn(
  { desk }: OrderPorts,
  { entity, message }: Asked,
): Promise<Standing | undefined> {
  if (message.deliveryCount === 1) return undefined;
  const id = letterIdOf(entity, message);
  const record = (await desk.show(id))?.record;
  if (record === undefined) return undefined;
  const { category, violations, deadLetteredAt: diedAt } = record;
  return { kind: 'dead', rejection: { category, violations }, diedAt };
}

/** Anybody can name a dead letter: one of another session is none of this message. */
async function findReplayed(
  { desk }: OrderPorts,
  { message, key }: { readonly message: BusMessage; readonly key: string },
): Promise<{ readonly diedAt: EpochMs } | undefined> {
  const id = message.properties.get(replayProperties.deadLetter);
  const record = typeof id === 'string' ? (await desk.show(id))?.record : undefined;
  if (record === undefined || record.sessionId === null) return undefined;
  if (orderKeyOf(record.origin, record.sessionId) !== key) return undefined;
  return { diedAt: record.deadLetteredAt };
}

const pageSize = 200;

/** Now, or just behind the last of the key: clocks of instances differ. */
async function afterAll(desk: OrderPorts['desk'], key: string, now: EpochMs): Promise<EpochMs> {
  let last = now;
  for (;;) {
    const { letters } = await desk.list({ states: ['open'], key, from: last, size: pageSize });
    const found = letters.at(-1);
    if (found === undefined) return last;
    last = epochMs(found.deadLetteredAt + 1);
  }
}

/** The id that the dead letter of a message gets. */
function letterIdOf(entity: string, message: BusMessage): string {
  const rejection: Rejection = { category: 'processing', violations: [{ code: '', detail: '' }] };
  const death = { entity, stage: 'handle', rejection, at: message.enqueuedAt } as const;
  const { author, sequenceNumber } = busDeadLetter(message, death);
  return deadLetterId({ author, sequenceNumber, index: 0 });
}

function toHubMessage(letter: DeadMessage): HubMessage {
  const { sequenceNumber, offset, deadLetteredAt: enqueuedAt } = letter;
  const { contentType, properties, body } = encodeLetter(letter);
  return { sequenceNumber, offset, enqueuedAt, contentType, properties, body };
}
