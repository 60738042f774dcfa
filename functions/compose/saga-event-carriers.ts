import type { SagaDemand } from '../../sagas/runner/read-demands.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import { busDeadLetter } from '../../shared/messaging/dead-letters/bus-dead-letter.ts';
import { formerTries } from '../../shared/messaging/retry-copy.ts';
import { hubDeadLetter } from '../../shared/messaging/dead-letters/hub-dead-letter.ts';
import type { DeadMessage } from '../../shared/ports/dead-letters.ts';
import type { EventReader, Rejection } from '../../shared/ports/events.ts';
import type { HubMessage } from '../../shared/ports/hub.ts';
import { failureOf } from '../../shared/recoverability/failure.ts';
import { decideRecovery } from '../../shared/recoverability/policy.ts';
import { entities } from '../entities.ts';
import type { Foundation } from './foundation.ts';
import { scheduleCopy } from './recover.ts';

/** A message that events for sagas come in, and what its transport has to say. */
export interface Carrier {
  readonly message: HubMessage;
  /** The subscription or consumer group that reads it, as a dead letter names it. */
  readonly consumer: string;
  /** 1 for the first time, as far as the transport counts. */
  readonly attempt: number;
  /**
   * What becomes of it after a failure: it is to be thrown, so that the transport delivers it again;
   * a copy will come back `later`; or it is `dead`.
   */
  readonly recover: (error: unknown) => Promise<'throw' | 'later' | 'dead'>;
  /** The dead letter of one event of the message, or of all when nobody could read it. */
  readonly letter: (rejection: Rejection, demand: SagaDemand | undefined) => Promise<DeadMessage>;
}

interface Ground {
  readonly foundation: Pick<Foundation, 'config' | 'clock' | 'log' | 'bus' | 'hubs' | 'directory'>;
  readonly reader: EventReader;
}

/** A message of a subscription, or a copy of one. */
export function busCarrier(
  { foundation, reader }: Ground,
  entity: string,
  busMessage: BusMessage,
): Carrier {
  const { clock, config } = foundation;
  const message = { ...busMessage, offset: '' };
  const { retries } = config.recoverability;
  const { rounds, attempts } = formerTries(busMessage);
  const inRound = Math.max(1, busMessage.deliveryCount ?? 1);
  const attempt = attempts + inRound;
  return {
    ...{ message, attempt, consumer: entity },
    recover: async (error) => {
      const tried = { inRound, rounds, random: Math.random() };
      const recovery = decideRecovery(retries, failureOf(error), tried);
      if (recovery.action === 'retry-now') return 'throw';
      if (recovery.action === 'give-up') return 'dead';
      const parts = { ...foundation, sharedQueue: entities.replaysQueue };
      const tries = { rounds: rounds + 1, attempts: attempt };
      await scheduleCopy(parts, { entity, message: busMessage }, { tries, delay: recovery.delay });
      return 'later';
    },
    letter: (rejection, demand) => {
      const death = { entity, stage: 'handle', rejection, at: clock.now() } as const;
      const judged = placesBeside(reader, message, demand);
      return Promise.resolve({ ...busDeadLetter(busMessage, death), judged });
    },
  };
}

/** A message of the hub: while a dependency is down its partition waits, however long. */
export function hubCarrier(
  { foundation, reader }: Ground,
  { hub, partitionId }: { readonly hub: string; readonly partitionId: string },
  message: HubMessage,
): Carrier {
  const { clock, config, directory, hubs } = foundation;
  const consumerGroup = config.hubs.sagaGroup;
  return {
    ...{ message, attempt: 1 },
    recover: (error) => Promise.resolve(isTransient(error) ? 'throw' : 'dead'),
    consumer: `${hub}/ConsumerGroups/${consumerGroup}`,
    letter: async (rejection, demand) => {
      const { incarnation } = await directory.facts(hub);
      const { namespace } = hubs;
      const partition = { namespace, hub, incarnation, consumerGroup, partitionId };
      const judged = placesBeside(reader, message, demand);
      return hubDeadLetter(message, { partition, rejection, at: clock.now(), judged });
    },
  };
}

function isTransient(error: unknown): boolean {
  return error instanceof AppError && error.kind === 'transient';
}

/** The places in a JSON batch of all events but the one that cannot be taken. */
function placesBeside(
  reader: EventReader,
  message: HubMessage,
  demand: SagaDemand | undefined,
): readonly number[] {
  if (demand === undefined) return [];
  const { key } = demand.event;
  return reader.read(message).flatMap(({ judgement, index }) => {
    const isSame =
      judgement.kind === 'accepted' &&
      judgement.key.source === key.source &&
      judgement.key.id === key.id;
    return isSame ? [] : [index];
  });
}
