import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, ParticipantName } from '../../domain/messages.ts';
import { decodeRecord } from '../../domain/participant-record-codec.ts';
import { parseSimulation } from '../../domain/simulation-rules.ts';
import type { SimulationRule } from '../../domain/simulation.ts';
import { decodeCommand, encodeCommand, encodeReply } from '../../sagas/message-codec.ts';
import {
  createCommandHandler,
  type CommandHandler,
  type Handling,
} from '../../sagas/participants/handle-command.ts';
import type { Config } from '../../shared/config/config.ts';
import { stateTables } from '../../shared/config/state-tables.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import { createTableParticipantStore } from '../../shared/participants/table-participant-store.ts';
import type { BusSender } from '../../shared/ports/bus.ts';
import type { ParticipantStore } from '../../shared/ports/participants.ts';
import type { Prediction, ReplayContent } from '../../shared/ports/replays.ts';
import { entities } from '../entities.ts';
import type { Foundation } from './foundation.ts';
import { wouldBeDuplicate, wouldFail, wouldPass } from './predict.ts';

/** What the functions of the command queues do. */
export interface ParticipantsDuty {
  /** Opens what the first command would otherwise wait for. Errors: `broker.unavailable`. */
  readonly connect: () => Promise<void>;
  /** Handles a command without sending anything. Errors: as `CommandHandler`. */
  readonly handle: CommandHandler;
  /**
   * Handles a command and sends its reply, the same again for a copy.
   * Errors: as `Recoverer`.
   */
  readonly handleMessage: (participant: ParticipantName, message: BusMessage) => Promise<void>;
  /** What would become of a replayed command, with a read of its record alone. */
  readonly predict: (participant: ParticipantName, content: ReplayContent) => Promise<Prediction>;
}

/** Marks a command that a simulated participant put off, so that it is not put off again. */
const postponed = 'postponed';

/** Errors: `storage.unavailable` (transient). */
export async function composeParticipants(foundation: Foundation): Promise<ParticipantsDuty> {
  const { config, clock, state } = foundation;
  const recovery = await foundation.recovery();
  const store = createTableParticipantStore(await state.table(stateTables.participants));
  const handle = createCommandHandler({
    store,
    rules: rulesOf(config),
    clock,
    wait: (duration) => sleep(duration),
    random: Math.random,
  });
  return {
    handle,
    predict: (participant, content) => predictCommand(store, participant, content),
    connect: async () => {
      await foundation.bus();
    },
    handleMessage: (participant, message) => {
      const entity = entities.commandQueues[participant];
      return recovery.handle({ entity, message }, async (deliveryCount) => {
        const command = readCommand(participant, message);
        const isPostponed = message.properties.has(postponed);
        const handling = await handle(command, { deliveryCount, isPostponed });
        await answer(await foundation.bus(), command, handling);
        return undefined;
      });
    },
  };
}

/** A command that was answered gets the same answer again; a refusal is an answer as well. */
async function predictCommand(
  store: ParticipantStore,
  participant: ParticipantName,
  { body }: ReplayContent,
): Promise<Prediction> {
  const command = decodeCommand(body);
  const isOurs = command.ok && command.value.participant === participant;
  if (!isOurs) {
    const detail = command.ok ? `it is for ${command.value.participant}` : command.problem;
    return wouldFail({ code: 'message.refused', detail });
  }
  const { sagaId, id } = command.value;
  const stored = await store.read({ participant, sagaId });
  const record = stored === undefined ? undefined : decodeRecord(stored.text);
  const isAnswered = record !== undefined && Object.hasOwn(record.answered, id);
  return isAnswered ? wouldBeDuplicate : wouldPass;
}

async function answer(bus: BusSender, command: Command, handling: Handling): Promise<void> {
  if (handling.kind === 'postponed') {
    const again = encodeCommand(command);
    const marked = { ...again, properties: { ...again.properties, [postponed]: true } };
    await bus.send(entities.commandQueues[command.participant], marked, handling.until);
    return;
  }
  for (const { reply, deliverAt } of handling.replies) {
    await bus.send(entities.repliesQueue, encodeReply(reply), deliverAt);
  }
}

function readCommand(participant: ParticipantName, message: BusMessage): Command {
  const command = decodeCommand(message.body);
  if (!command.ok) throw refused(participant, command.problem);
  if (command.value.participant === participant) return command.value;
  throw refused(participant, `it is for ${command.value.participant}`);
}

function refused(participant: ParticipantName, problem: string): AppError {
  return new AppError(
    'message.refused',
    `A message is no command for ${participant}: ${problem}.`,
    {
      kind: 'permanent',
      details: { participant },
    },
  );
}

/** The rules were checked when the configuration was read. */
function rulesOf({ sagas }: Config): readonly SimulationRule[] {
  if (sagas.simulation === undefined) return [];
  const rules = parseSimulation(sagas.simulation);
  if (rules.ok) return rules.value;
  throw new AppError('config.invalid', `participant_simulation: ${rules.problem}`, {
    kind: 'permanent',
  });
}
