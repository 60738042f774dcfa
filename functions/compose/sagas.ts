import type { Command } from '../../domain/messages.ts';
import { definitions } from '../../sagas/definitions.ts';
import { encodeCommand, decodeReply } from '../../sagas/message-codec.ts';
import { refusedMessage, stuckMessage } from '../../sagas/runner/attention.ts';
import { closeSaga } from '../../sagas/runner/close-saga.ts';
import { enterSaga } from '../../sagas/runner/enter-saga.ts';
import { createDemandReader, type SagaDemand } from '../../sagas/runner/read-demands.ts';
import {
  toClosingRequest,
  toCommand,
  toEntryRequest,
  toListingRequest,
  toStuck,
} from '../../sagas/runner/run-codec.ts';
import type { Entry } from '../../sagas/runner/run.ts';
import type { RunnerPorts } from '../../sagas/runner/runner-ports.ts';
import {
  orchestratedStarter,
  sagaKeyOf,
  takeDemand,
  type SagaStarter,
} from '../../sagas/runner/take-demand.ts';
import { takeReply } from '../../sagas/runner/take-reply.ts';
import { mapLimited } from '../../shared/ingest/map-limited.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import type { HubMessage } from '../../shared/ports/hub.ts';
import type { SagaInstances } from '../../shared/ports/sagas.ts';
import { entities } from '../entities.ts';
import type { Foundation } from './foundation.ts';

/** What the functions around sagas do. Each throws when something that it needs is down. */
export interface SagaDuty {
  readonly starter: (instances: SagaInstances) => SagaStarter;
  /** Starts and cancels sagas for the events that ask for it; never throws for content. */
  readonly takeEvents: (instances: SagaInstances, messages: readonly HubMessage[]) => Promise<void>;
  /** Errors: `message.refused` (permanent) for what is no reply; those of `takeReply`. */
  readonly takeReply: (instances: SagaInstances, message: BusMessage) => Promise<void>;
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

/** How many sagas of one delivery are started side by side. */
const concurrency = 16;

/** With a starter of the other variant nothing is asked of the durable engine. */
export async function composeSagas(
  foundation: Foundation,
  ports: RunnerPorts,
  choreographed?: SagaStarter,
): Promise<SagaDuty> {
  const demands = createDemandReader(await foundation.reader(), definitions);
  const starter = (instances: SagaInstances): SagaStarter =>
    choreographed ?? orchestratedStarter({ ...ports, instances });
  return {
    starter,
    takeEvents: async (instances, messages) => {
      const found = messages.flatMap((message) => demands.demandsIn(message));
      const lanes = [...Map.groupBy(found, sagaKeyOf).values()];
      await mapLimited(lanes, concurrency, async (lane) => {
        for (const demand of lane) await takeOne(foundation, starter(instances), demand);
      });
    },
    takeReply: async (instances, message) => {
      const reply = decodeReply(message.body);
      if (!reply.ok) throw refused(reply.problem);
      const outcome = await takeReply({ ...ports, instances }, reply.value);
      if (outcome === 'misdirected') throw refused('replyto names no run of the saga');
    },
    activities: composeActivities(foundation, ports),
  };
}

/** One event that cannot be taken does not stop the others; a dependency that is down does. */
async function takeOne(
  { bus, log }: Foundation,
  starter: SagaStarter,
  demand: SagaDemand,
): Promise<void> {
  const outcome = await takeDemand(starter, demand).catch(unlessTransient);
  const { source, id } = demand.event.key;
  const details = {
    definition: demand.definition.name,
    source,
    eventId: id,
    outcome: outcome.kind,
  };
  if (outcome.kind !== 'unstartable') {
    log.info('Took an event for a saga', { ...details, sagaId: outcome.sagaId });
    return;
  }
  log.error('An event cannot be taken for a saga', { ...details, code: outcome.code });
  await (await bus()).send(entities.attentionQueue, refusedMessage(demand, outcome));
}

function unlessTransient(error: unknown) {
  if (error instanceof AppError && error.kind === 'transient') throw error;
  const code = error instanceof AppError ? error.code : 'bug';
  return { kind: 'unstartable', code, detail: String(error) } as const;
}

function composeActivities({ bus }: Foundation, ports: RunnerPorts): SagaActivities {
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
      await (await bus()).send(entities.attentionQueue, stuckMessage(orBug(toStuck(input))));
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

function refused(problem: string): AppError {
  return new AppError('message.refused', `A message is no reply to a saga: ${problem}.`, {
    kind: 'permanent',
  });
}
