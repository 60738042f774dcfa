import type { Command } from '../../../domain/messages.ts';
import type { SagaDefinition } from '../../../sagas/definition.ts';
import type { SagaState } from '../../../sagas/runner/machine-state.ts';
import { advanceSaga, beginReturn, beginSaga } from '../../../sagas/runner/machine.ts';
import type {
  Advance,
  SagaInput,
  SagaReason,
  SagaStart,
} from '../../../sagas/runner/saga-state.ts';
import type { EpochMs } from '../../../shared/kernel/time.ts';
import type { FaultyParticipants } from './faulty-participants.ts';

/** Runs a saga with the orchestrated machine, one thing after the other, to its end. */
export function orchestrate(
  definition: SagaDefinition,
  start: SagaStart,
  participants: FaultyParticipants,
): SagaState {
  return run(definition, beginSaga(definition, start), { participants, now: start.startedAt });
}

/** Sends a completed saga back. */
export function sendBack(
  definition: SagaDefinition,
  start: SagaStart & { readonly reason: SagaReason },
  participants: FaultyParticipants,
): SagaState {
  const now = start.startedAt;
  return run(definition, beginReturn(definition, start, now), { participants, now });
}

function run(
  definition: SagaDefinition,
  begun: Advance<SagaState>,
  { participants, ...world }: { participants: FaultyParticipants; now: EpochMs },
): SagaState {
  let { state } = begun;
  let { now } = world;
  const commands: Command[] = [...begun.commands];
  const tell = (input: SagaInput): void => {
    const next = advanceSaga(definition, state, { input, now });
    state = next.state;
    commands.push(...next.commands);
  };
  while (state.wakeAt !== undefined) {
    const command = commands.shift();
    if (command === undefined) {
      now = state.wakeAt;
      tell({ kind: 'time' });
      continue;
    }
    for (const reply of participants.handle(command, now)) tell({ kind: 'reply', reply });
  }
  return state;
}
