import type { Command } from '../../domain/messages.ts';
import { definitions } from '../../sagas/definitions.ts';
import { encodeCommand, decodeReply } from '../../sagas/message-codec.ts';
import { stuckLetter } from '../../sagas/runner/attention.ts';
import { closeSaga } from '../../sagas/runner/close-saga.ts';
import { enterSaga } from '../../sagas/runner/enter-saga.ts';
import { previewOrchestrated, type StartPreview } from '../../sagas/runner/preview-demand.ts';
import { createDemandReader } from '../../sagas/runner/read-demands.ts';
import {
  toClosingRequest,
  toCommand,
  toEntryRequest,
  toListingRequest,
  toStuck,
} from '../../sagas/runner/run-codec.ts';
import type { Entry } from '../../sagas/runner/run.ts';
import type { RunnerPorts } from '../../sagas/runner/runner-ports.ts';
import { orchestratedStarter, type SagaStarter } from '../../sagas/runner/take-demand.ts';
import { takeReply } from '../../sagas/runner/take-reply.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import type { Prediction, ReplayContent } from '../../shared/ports/replays.ts';
import type { Rejection } from '../../shared/ports/events.ts';
import type { SagaInstances } from '../../shared/ports/sagas.ts';
import { entities } from '../entities.ts';
import type { Foundation } from './foundation.ts';
import { predictDemands, toReadable, wouldFail, wouldPass } from './predict.ts';
import { takeSagaEvents, type SagaDelivery } from './take-saga-events.ts';

/** What the functions around sagas do. Each throws when something that it needs is down. */
export interface SagaDuty {
  readonly starter: (instances: SagaInstances) => SagaStarter;
  /** Starts and cancels sagas for the events that ask for it; never throws for content. */
  readonly takeEvents: (instances: SagaInstances, delivery: SagaDelivery) => Promise<void>;
  /** Errors: as `Recoverer`. */
  readonly takeReply: (instances: SagaInstances, message: BusMessage) => Promise<void>;
  /** What would become of a replayed event, or a reply, with reads alone. */
  readonly predictEvent: (content: ReplayContent) => Promise<Prediction>;
  readonly predictReply: (content: ReplayContent) => Prediction;
  /** What starting a saga would come to. */
  readonly previewStart: StartPreview;
  readonly activities: SagaActivities;
}

/** The activities of a run, with the inputs that the engine brings. Errors: `bug` (permanent). */
interface SagaActivities {
  readonly enter: (input: unknown) => Promise<Entry>;
  readonly sendCommand: (input: unknown) => Promise<void>;
  readonly list: (input: unknown) => Promise<void>;
  readonly reportStuck: (input: unknown) => Promise<void>;
  readonly close: (instances: SagaInstances, input: unknown) => Promise<void>;
}

/** With a starter of the other variant nothing is asked of the durable engine. */
export async function composeSagas(
  foundation: Foundation,
  ports: RunnerPorts,
  choreographed?: { readonly starter: SagaStarter; readonly previewStart: StartPreview },
): Promise<SagaDuty> {
  const [reader, recovery] = await Promise.all([foundation.reader(), foundation.recovery()]);
  const demands = createDemandReader(reader, definitions);
  const starter = (instances: SagaInstances): SagaStarter =>
    choreographed?.starter ?? orchestratedStarter({ ...ports, instances });
  const previewStart = choreographed?.previewStart ?? previewOrchestrated(ports.store);
  return {
    ...{ starter, previewStart },
    predictEvent: (content) => predictDemands(previewStart, demands.demandsIn(toReadable(content))),
    predictReply: ({ body }) => {
      const reply = decodeReply(body);
      return reply.ok ? wouldPass : wouldFail(...noReply(reply.problem).violations);
    },
    takeEvents: (instances, delivery) =>
      takeSagaEvents(
        { foundation, breaker: recovery.breaker, reader, demands, starter: starter(instances) },
        delivery,
      ),
    takeReply: (instances, message) =>
      recovery.handle({ entity: entities.repliesQueue, message }, async () => {
        const reply = decodeReply(message.body);
        if (!reply.ok) return noReply(reply.problem);
        const outcome = await takeReply({ ...ports, instances }, reply.value);
        return outcome === 'misdirected' ? noReply('replyto names no run of the saga') : undefined;
      }),
    activities: composeActivities(foundation, ports),
  };
}

function composeActivities(
  { bus, clock, deadLetters }: Foundation,
  ports: RunnerPorts,
): SagaActivities {
  return {
    enter: (input) => enterSaga(ports, orBug(toEntryRequest(input))),
    sendCommand: async (input) => {
      const command: Command = orBug(toCommand(input));
      const queue = entities.commandQueues[command.participant];
      await (await bus()).send(queue, encodeCommand(command));
    },
    list: async (input) => {
      const { saga, former } = orBug(toListingRequest(input));
      await ports.listing.move(saga, former);
    },
    reportStuck: async (input) => {
      const stuck = orBug(toStuck(input));
      const queue = entities.commandQueues[stuck.command.participant];
      await deadLetters.reject([stuckLetter(stuck, { queue, at: clock.now() })]);
    },
    close: (instances, input) => closeSaga({ ...ports, instances }, orBug(toClosingRequest(input))),
  };
}

/** Runs call activities with what this application has written; anything else is a slip of ours. */
function orBug<Input>(input: Input | undefined): Input {
  if (input !== undefined) return input;
  throw new AppError('bug', 'An activity was called with what is none of its inputs.', {
    kind: 'permanent',
  });
}

function noReply(problem: string): Rejection {
  const detail = `A message is no reply to a saga: ${problem}.`;
  return { category: 'processing', violations: [{ code: 'saga.reply_refused', detail }] };
}
