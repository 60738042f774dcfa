import type { Reply } from '../../../domain/messages.ts';
import type { PendingCommand, SagaState } from '../../../sagas/runner/machine-state.ts';
import type { Advance, SagaInput } from '../../../sagas/runner/saga-state.ts';
import { isAwaited } from './awaited.ts';
import { checkReason } from './check-reason.ts';
import { firstProblem } from './first-problem.ts';
import { machineKey } from './key.ts';
import type { Told } from './told.ts';
import type { Setting, World } from './world.ts';

/** What is wrong with the machine's reaction to an input, given the world before it. */
export function checkAnswer(setting: Setting, world: World, told: Told): string | undefined {
  return checkReason(setting, world, told) ?? checkByKind(setting, world, told);
}

function checkByKind(setting: Setting, world: World, { input, advance }: Told): string | undefined {
  switch (input.kind) {
    case 'reply':
      return checkReply(setting, world, { reply: input.reply, advance });
    case 'cancel':
      return checkCancel(world, { input, advance });
    case 'time':
      return checkTime(world, advance);
  }
}

interface Answered {
  readonly reply: Reply;
  readonly advance: Advance<SagaState>;
}

function checkReply(setting: Setting, world: World, answered: Answered): string | undefined {
  const { reply, advance } = answered;
  const { pending } = world.saga;
  const isCopy = world.refusals.includes(reply.id);
  if (pending === undefined || isCopy || !isAwaited(world.saga, reply.commandId)) {
    return checkIgnored(world, advance, 'reply-ignored');
  }
  return reply.outcome.kind === 'done'
    ? checkDone(setting, world, { pending, advance })
    : checkRefused(setting, { pending, advance });
}

interface Awaited {
  readonly pending: PendingCommand;
  readonly advance: Advance<SagaState>;
}

function checkDone(
  setting: Setting,
  world: World,
  { pending, advance: { state } }: Awaited,
): string | undefined {
  const { step, kind } = pending;
  const isLeft = state.unresolved.some((stuck) => stuck.step === step);
  const problem = firstProblem([
    [`the answer of ${step} was not heard`, isWaiting(state, pending)],
    [`${step} is undone and left to a person`, isLeft],
  ]);
  return problem ?? (kind === 'do' ? checkProgress(setting, world, state) : undefined);
}

function checkRefused(
  { scenario }: Setting,
  { pending, advance: { state } }: Awaited,
): string | undefined {
  const { step, kind, attempt } = pending;
  const mayGiveUp = attempt >= scenario.compensationPatience.attempts;
  const isTooEarly = kind === 'undo' && !mayGiveUp && !isWaiting(state, pending);
  return firstProblem([
    [`the refusal of ${step} was not heard`, state.phase === 'running'],
    [`${step} was given up too early`, isTooEarly],
  ]);
}

function isWaiting(state: SagaState, { step, kind }: PendingCommand): boolean {
  return state.pending?.step === step && state.pending.kind === kind;
}

function checkProgress(
  { definition }: Setting,
  { now, saga }: World,
  state: SagaState,
): string | undefined {
  const index = definition.steps.findIndex(({ name }) => name === saga.pending?.step);
  const next = definition.steps[index + 1];
  if (next === undefined) {
    return state.phase === 'completed' ? undefined : 'all is done, but it is not completed';
  }
  const isLate = now >= saga.start.deadline;
  return isLate || state.pending?.step === next.name ? undefined : `${next.name} does not follow`;
}

/** Nothing but a line in the journal. */
function checkIgnored(
  { saga, now }: World,
  { state, commands }: Advance<SagaState>,
  line: 'reply-ignored' | 'cancelled',
): string | undefined {
  return firstProblem([
    [`${line} sends commands`, commands.length > 0],
    [`${line} has an effect`, machineKey(state, now) !== machineKey(saga, now)],
    [`${line} is not recorded`, !state.journal.some(({ what }) => what === line)],
  ]);
}

function checkCancel(
  world: World,
  { input, advance }: Told<SagaInput & { readonly kind: 'cancel' }>,
): string | undefined {
  const { cancels, phase } = world.saga;
  const isCopy = cancels.includes(input.id);
  if (isCopy && countCancels(advance.state) > countCancels(world.saga)) {
    return 'a copy of a cancel is recorded as another one';
  }
  if (phase !== 'running') {
    const forgotten = { ...advance, state: { ...advance.state, cancels } };
    return checkIgnored(world, forgotten, 'cancelled');
  }
  return advance.state.phase === 'running' ? 'the cancel was lost' : undefined;
}

function countCancels({ journal }: SagaState): number {
  return journal.filter(({ what }) => what === 'cancelled').length;
}

function checkTime(
  { saga, now }: World,
  { state, commands }: Advance<SagaState>,
): string | undefined {
  const isDue = saga.wakeAt !== undefined && now >= saga.wakeAt;
  if (!isDue) {
    const isUnmoved = state === saga && commands.length === 0;
    return isUnmoved ? undefined : 'woken too early, it acts';
  }
  const isLate = state.phase === 'running' && now >= saga.start.deadline;
  return firstProblem([
    ['the deadline is ignored', isLate],
    ['it will not wake again', (state.wakeAt ?? Infinity) <= now],
  ]);
}
