import type { DemandReader, SagaDemand } from '../../sagas/runner/read-demands.ts';
import {
  sagaKeyOf,
  takeDemand,
  type DemandOutcome,
  type SagaStarter,
} from '../../sagas/runner/take-demand.ts';
import { mapLimited } from '../../shared/ingest/map-limited.ts';
import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import { eventTypeOf } from '../../shared/messaging/event-type.ts';
import type { CircuitBreaker } from '../../shared/ports/circuits.ts';
import type { EventReader, Rejection } from '../../shared/ports/events.ts';
import type { HubMessage } from '../../shared/ports/hub.ts';
import { failureOf } from '../../shared/recoverability/failure.ts';
import type { Foundation } from './foundation.ts';
import { barredRejection, rejectionOf } from './recovery-rejections.ts';
import { busCarrier, hubCarrier, type Carrier } from './saga-event-carriers.ts';

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
  readonly foundation: Pick<
    Foundation,
    'config' | 'clock' | 'log' | 'bus' | 'hubs' | 'directory' | 'deadLetters'
  >;
  readonly breaker: CircuitBreaker;
  readonly reader: EventReader;
  readonly demands: DemandReader;
  readonly starter: SagaStarter;
}

/** What a message asks, and who carries it. */
interface Ask {
  readonly carrier: Carrier;
  readonly type: string;
  /** Undefined when reading the message failed: then there is nothing to take. */
  readonly demand: SagaDemand | undefined;
  readonly take: () => Promise<DemandOutcome>;
}

/** How many sagas of one delivery are started side by side. */
const concurrency = 16;

/**
 * Takes the events that concern sagas, those of one saga in order. One event that cannot be taken
 * becomes a dead letter and does not stop the others; a dependency that is down does.
 */
export async function takeSagaEvents(taker: EventTaker, delivery: SagaDelivery): Promise<void> {
  const asks = carriersOf(taker, delivery).flatMap((carrier) => asksOf(taker, carrier));
  const lanes = Map.groupBy(asks, ({ demand, carrier }) =>
    demand === undefined ? carrier : sagaKeyOf(demand),
  );
  await mapLimited([...lanes.values()], concurrency, async (lane) => {
    for (const ask of lane) await takeOne(taker, ask);
  });
}

function carriersOf(taker: EventTaker, delivery: SagaDelivery): readonly Carrier[] {
  if (delivery.kind === 'bus') {
    return delivery.messages.map((message) => busCarrier(taker, delivery.entity, message));
  }
  const { hub, partitionId } = delivery;
  return delivery.messages.map((message) => hubCarrier(taker, { hub, partitionId }, message));
}

/** A message whose reading fails would come back for ever, with the others of its batch. */
function asksOf({ demands, starter }: EventTaker, carrier: Carrier): readonly Ask[] {
  const type = eventTypeOf(carrier.message);
  try {
    return demands.demandsIn(carrier.message).map((demand) => ({
      ...{ carrier, demand, type: demand.type },
      take: () => takeDemand(starter, demand),
    }));
  } catch (error) {
    const take = (): never => {
      throw error;
    };
    return [{ carrier, type, demand: undefined, take }];
  }
}

async function takeOne(taker: EventTaker, ask: Ask): Promise<void> {
  const { carrier, type, demand } = ask;
  const passage = await taker.breaker.enter({ consumer: carrier.consumer, type });
  if (passage.kind === 'barred') {
    await reject(taker, ask, barredRejection(type));
    return;
  }
  try {
    const outcome = await ask.take();
    if (outcome.kind === 'unstartable') {
      await passage.report('inconclusive');
      await reject(taker, ask, refusal(outcome, demand));
      return;
    }
    await passage.report('handled');
    logTaken(taker, ask, outcome);
  } catch (error) {
    const failure = failureOf(error);
    const next = await carrier.recover(error);
    if (next !== 'dead') await passage.report('inconclusive');
    if (next === 'throw') throw error;
    if (next === 'later') return;
    await passage.report(failure.blames === 'handling' ? 'failed' : 'inconclusive');
    const isProbe = passage.kind === 'probe';
    await reject(taker, ask, rejectionOf(failure, { isProbe, attempt: carrier.attempt }));
  }
}

function refusal(
  { code, detail }: { readonly code: string; readonly detail: string },
  demand: SagaDemand | undefined,
): Rejection {
  const name = demand?.definition.name ?? '';
  return { category: 'processing', violations: [{ code, detail: `${name}: ${detail}` }] };
}

function logTaken(
  { foundation: { log } }: EventTaker,
  { demand }: Ask,
  outcome: Exclude<DemandOutcome, { kind: 'unstartable' }>,
): void {
  const { source, id: eventId } = demand?.event.key ?? {};
  const definition = demand?.definition.name;
  const { kind, sagaId } = outcome;
  log.info('Took an event for a saga', { definition, source, eventId, outcome: kind, sagaId });
}

async function reject(
  { foundation: { log, deadLetters } }: EventTaker,
  { carrier, demand }: Ask,
  rejection: Rejection,
): Promise<void> {
  const { code } = rejection.violations[0];
  const { source, id: eventId } = demand?.event.key ?? {};
  const definition = demand?.definition.name;
  log.error('An event cannot be taken for a saga', { definition, source, eventId, code });
  await deadLetters.reject([await carrier.letter(rejection, demand)]);
}
