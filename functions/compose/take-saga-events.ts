import type { DemandReader, SagaDemand } from '../../sagas/runner/read-demands.ts';
import { sagaKeyOf, takeDemand, type SagaStarter } from '../../sagas/runner/take-demand.ts';
import { mapLimited } from '../../shared/ingest/map-limited.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import { busDeadLetter } from '../../shared/messaging/dead-letters/bus-dead-letter.ts';
import { hubDeadLetter } from '../../shared/messaging/dead-letters/hub-dead-letter.ts';
import type { DeadMessage } from '../../shared/ports/dead-letters.ts';
import type { EventReader, Rejection } from '../../shared/ports/events.ts';
import type { HubMessage } from '../../shared/ports/hub.ts';
import type { Foundation } from './foundation.ts';

/** Messages that may start or cancel sagas, from one of the two places that they arrive at. */
export type SagaDelivery =
  | {
      readonly kind: 'hub';
      readonly hub: string;
      readonly partitionId: string;
      readonly messages: readonly HubMessage[];
    }
  | {
      readonly kind: 'bus';
      readonly entity: string;
      readonly messages: readonly BusMessage[];
    };

/** What taking events takes. */
export interface EventTaker {
  readonly foundation: Foundation;
  readonly reader: EventReader;
  readonly demands: DemandReader;
  readonly starter: SagaStarter;
}

/** What a message asks, and the dead letter that it becomes when that cannot be done. */
interface Ask {
  readonly demand: SagaDemand;
  readonly letter: (rejection: Rejection) => Promise<DeadMessage>;
}

/** How many sagas of one delivery are started side by side. */
const concurrency = 16;

/**
 * Takes the events that concern sagas, those of one saga in order. One event that cannot be taken
 * becomes a dead letter and does not stop the others; a dependency that is down does.
 */
export async function takeSagaEvents(taker: EventTaker, delivery: SagaDelivery): Promise<void> {
  const lanes = Map.groupBy(asksOf(taker, delivery), ({ demand }) => sagaKeyOf(demand));
  await mapLimited([...lanes.values()], concurrency, async (lane) => {
    for (const ask of lane) await takeOne(taker, ask);
  });
}

function asksOf(taker: EventTaker, delivery: SagaDelivery): readonly Ask[] {
  const { demands } = taker;
  if (delivery.kind === 'bus') {
    return delivery.messages.flatMap((message) =>
      demands.demandsIn({ ...message, offset: '' }).map((demand) => ({
        demand,
        letter: (rejection) =>
          Promise.resolve(busLetter(taker, delivery.entity, { message, demand, rejection })),
      })),
    );
  }
  return delivery.messages.flatMap((message) =>
    demands.demandsIn(message).map((demand) => ({
      demand,
      letter: (rejection) => hubLetter(taker, delivery, { message, demand, rejection }),
    })),
  );
}

async function takeOne({ foundation, starter }: EventTaker, { demand, letter }: Ask) {
  const { log, deadLetters } = foundation;
  const outcome = await takeDemand(starter, demand).catch(unlessTransient);
  const { source, id } = demand.event.key;
  const definition = demand.definition.name;
  const details = { definition, source, eventId: id, outcome: outcome.kind };
  if (outcome.kind !== 'unstartable') {
    log.info('Took an event for a saga', { ...details, sagaId: outcome.sagaId });
    return;
  }
  const { code, detail } = outcome;
  log.error('An event cannot be taken for a saga', { ...details, code });
  const violation = { code, detail: `${definition}: ${detail}` };
  await deadLetters.reject([await letter({ category: 'processing', violations: [violation] })]);
}

function unlessTransient(error: unknown) {
  if (error instanceof AppError && error.kind === 'transient') throw error;
  const code = error instanceof AppError ? error.code : 'bug';
  return { kind: 'unstartable', code, detail: String(error) } as const;
}

/** A demand that cannot be met. */
interface Refused<Message> {
  readonly message: Message;
  readonly demand: SagaDemand;
  readonly rejection: Rejection;
}

function busLetter(
  { foundation, reader }: EventTaker,
  entity: string,
  { message, demand, rejection }: Refused<BusMessage>,
): DeadMessage {
  const at = foundation.clock.now();
  const letter = busDeadLetter(message, { entity, stage: 'handle', rejection, at });
  return { ...letter, judged: placesBeside(reader, { ...message, offset: '' }, demand) };
}

async function hubLetter(
  { foundation, reader }: EventTaker,
  { hub, partitionId }: SagaDelivery & { readonly kind: 'hub' },
  { message, demand, rejection }: Refused<HubMessage>,
): Promise<DeadMessage> {
  const { clock, config, directory, hubs } = foundation;
  const { incarnation } = await directory.facts(hub);
  const consumerGroup = config.hubs.sagaGroup;
  const partition = { namespace: hubs.namespace, hub, incarnation, consumerGroup, partitionId };
  const judged = placesBeside(reader, message, demand);
  return hubDeadLetter(message, { partition, rejection, at: clock.now(), judged });
}

/** The places in a JSON batch of all events but the one that cannot be taken. */
function placesBeside(
  reader: EventReader,
  message: HubMessage,
  { event: { key } }: SagaDemand,
): readonly number[] {
  return reader.read(message).flatMap(({ judgement, index }) => {
    const isSame =
      judgement.kind === 'accepted' &&
      judgement.key.source === key.source &&
      judgement.key.id === key.id;
    return isSame ? [] : [index];
  });
}
