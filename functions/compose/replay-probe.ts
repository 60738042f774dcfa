import { participantNames } from '../../domain/messages.ts';
import { predictLanding } from '../../shared/ingest/predict-landing.ts';
import { replayedLetters } from '../../shared/messaging/relay-envelope.ts';
import type { ClaimLookup } from '../../shared/ports/claims.ts';
import type { Prediction, ReplayContent, ReplayProbe } from '../../shared/ports/replays.ts';
import type { SagaServices } from '../compose-sagas.ts';
import { consumers, entities } from '../entities.ts';
import { once } from '../once.ts';
import { openClaims } from './claims.ts';
import type { Foundation } from './foundation.ts';
import type { OrderDuty } from './orders.ts';
import { toReadable, wouldFail, wouldPass } from './predict.ts';

/** The duties whose consumers are asked. */
export interface ProbedDuties extends Pick<
  SagaServices,
  'participants' | 'choreography' | 'sagas'
> {
  readonly orders: () => Promise<OrderDuty>;
}

type Predict = (content: ReplayContent) => Promise<Prediction> | Prediction;

/** Asks each consumer of ours what it would do; of others it is known whether an edit is valid. */
export function createReplayProbe(foundation: Foundation, duties: ProbedDuties): ReplayProbe {
  const ours = new Map(
    probesOf(foundation, duties).map(([consumer, predict]) => [consumer.toLowerCase(), predict]),
  );
  return {
    predict: async (content) => {
      const predict = ours.get(content.origin.toLowerCase());
      return await (predict?.(content) ?? predictForeign(foundation, content));
    },
  };
}

function probesOf(
  foundation: Foundation,
  { orders, sagas, participants, choreography }: ProbedDuties,
): readonly (readonly [string, Predict])[] {
  const { bronze, sagaEvents, choreographed } = consumers(foundation.config);
  const events: Predict = async (content) => (await sagas()).predictEvent(content);
  const landing = predictLandingOn(foundation, openOnce(foundation));
  return [
    ...bronze.map((consumer) => [consumer, landing] as const),
    ...sagaEvents.map((consumer) => [consumer, events] as const),
    [
      entities.ordersQueue,
      async (content) => (await orders()).predict((await sagas()).previewStart, content),
    ],
    [entities.repliesQueue, async (content) => (await sagas()).predictReply(content)],
    ...participantNames.map((name): readonly [string, Predict] => [
      entities.commandQueues[name],
      async (content) => (await participants()).predict(name, content),
    ]),
    ...choreographed.map(({ consumer }): readonly [string, Predict] => [
      consumer,
      async (content) => (await choreography()).predict(content),
    ]),
  ];
}

/** To open claims makes sure that there is a table: a prediction must not. */
function openOnce(foundation: Foundation): () => Promise<ClaimLookup> {
  return once(() => openClaims(foundation, 'bronze'));
}

function predictLandingOn(foundation: Foundation, open: () => Promise<ClaimLookup>): Predict {
  return async (content) => {
    const [reader, claims] = await Promise.all([foundation.reader(), open()]);
    const replays = replayedLetters(content.deadLetterId, content.properties);
    return await predictLanding({ reader, claims }, toReadable(content), replays);
  };
}

/** What a consumer that is none of ours takes is not known: only that an edit must be an event. */
async function predictForeign({ reader }: Foundation, content: ReplayContent): Promise<Prediction> {
  if (!content.isEdited) return wouldPass;
  const items = (await reader()).read(toReadable(content));
  const [first, ...others] = items.flatMap(({ judgement }) =>
    judgement.kind === 'rejected' ? judgement.rejection.violations : [],
  );
  return first === undefined ? wouldPass : wouldFail(first, ...others);
}
