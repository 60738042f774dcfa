import type { Command } from '../../../domain/messages.ts';
import type { JsonObject } from '../../../shared/kernel/json-value.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import type { SagaState } from '../../../sagas/runner/machine-state.ts';
import type { Advance, SagaInput } from '../../../sagas/runner/saga-state.ts';
import { withProblem } from './act.ts';
import { isAwaited } from './awaited.ts';
import { checkAnswer } from './check-answer.ts';
import { checkCommand } from './check-command.ts';
import type { Told } from './told.ts';
import { emptyWorld, startOf, type Setting, type World } from './world.ts';

const cancelReason = { code: 'saga.cancelled', detail: 'Somebody changed their mind' };

/** The world right after the saga began. */
export function begin(setting: Setting): World {
  const { definition, subject } = setting;
  const { state, commands } = subject.beginSaga(definition, startOf(setting));
  return emit(setting, { ...emptyWorld(setting), saga: state }, commands);
}

/** Tells the machine something, and holds its reaction against the promises. */
export function tell(setting: Setting, world: World, input: SagaInput): World {
  const { definition, subject } = setting;
  const now = epochMs(world.now);
  const advance = subject.advanceSaga(definition, world.saga, { input, now });
  const heard = remember(setting, world, { input, advance });
  const told = emit(setting, { ...heard, saga: advance.state }, advance.commands);
  return withProblem(told, checkAnswer(setting, world, { input, advance }));
}

/** Somebody cancels, wherever the saga is; one that completed is returned, by a run of its own. */
export function cancel(setting: Setting, world: World, id: string): World {
  const asked = { ...world, cancels: world.cancels + 1 };
  if (world.saga.phase !== 'completed') {
    const wasCancelled = world.wasCancelled || world.saga.phase === 'running';
    return tell(setting, { ...asked, wasCancelled }, { kind: 'cancel', id, reason: cancelReason });
  }
  const { definition, subject } = setting;
  const start = { ...startOf(setting), facts: world.saga.facts, reason: cancelReason };
  const { state, commands } = subject.beginReturn(definition, start, epochMs(world.now));
  const begun: World = {
    ...asked,
    run: 'return',
    saga: state,
    sent: {},
    undoneDownTo: definition.steps.length,
  };
  const isUndone = state.phase === 'compensating' || state.phase === 'compensated';
  const problem = isUndone ? undefined : `a return begins as ${state.phase}`;
  return withProblem(emit(setting, begun, commands), problem);
}

/** What the prover itself learns from an input. */
function remember(setting: Setting, world: World, { input, advance }: Told): World {
  const { pending } = world.saga;
  const isNews = input.kind === 'reply' && isAwaited(world.saga, input.reply.commandId);
  if (!isNews || pending === undefined) return world;
  const { id, outcome } = input.reply;
  if (outcome.kind === 'refused') {
    return pending.kind === 'undo'
      ? { ...world, refusals: [...new Set([...world.refusals, id])] }
      : { ...world, refused: [...world.refused, pending.step] };
  }
  const lesson = { name: pending.step, data: outcome.data, advance };
  return pending.kind === 'do' ? learn(setting, world, lesson) : world;
}

interface Lesson {
  readonly name: string;
  readonly data: JsonObject;
  readonly advance: Advance<SagaState>;
}

function learn({ definition }: Setting, world: World, { name, data, advance }: Lesson): World {
  const step = definition.steps.find((candidate) => candidate.name === name);
  const facts = step?.evolve?.(world.facts, data) ?? world.facts;
  const isKnown = JSON.stringify(facts) === JSON.stringify(advance.state.facts);
  return withProblem({ ...world, facts }, isKnown ? undefined : 'the saga forgot what it was told');
}

function emit(setting: Setting, world: World, commands: readonly Command[]): World {
  let emitted = world;
  for (const command of commands) {
    const problem = checkCommand(setting, emitted, command);
    const step = setting.definition.steps.findIndex(
      ({ name }) => command.kind === 'undo' && command.undoes.endsWith(`/${name}`),
    );
    emitted = {
      ...withProblem(emitted, problem),
      sent: { ...emitted.sent, [command.id]: (emitted.sent[command.id] ?? 0) + 1 },
      undoneDownTo: step === -1 ? emitted.undoneDownTo : step,
      commands: [...emitted.commands, command],
    };
  }
  return commands.length === 0 ? emitted : { ...emitted, last: commands };
}
