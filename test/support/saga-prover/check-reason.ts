import type { SagaInput } from '../../../sagas/runner/saga-state.ts';
import type { Told } from './check-answer.ts';
import type { Setting, World } from './world.ts';

/** A saga that begins to compensate says why, and keeps to it. */
export function checkReason(setting: Setting, world: World, told: Told): string | undefined {
  const before = world.saga;
  const { phase, reason } = told.advance.state;
  if (before.phase !== 'running') {
    return reason?.code === before.reason?.code ? undefined : 'the reason has changed';
  }
  const isWell = phase === 'running' || phase === 'completed';
  const expected = isWell ? undefined : expectedReason(setting, world, told.input);
  const isExpected = reason?.code === expected && isWell === (expected === undefined);
  return isExpected ? undefined : `${phase} because of ${reason?.code ?? 'nothing'}`;
}

function expectedReason(setting: Setting, world: World, input: SagaInput): string | undefined {
  switch (input.kind) {
    case 'cancel':
      return input.reason.code;
    case 'reply':
      return input.reply.outcome.kind === 'refused' ? input.reply.outcome.code : 'saga.timeout';
    case 'time':
      return world.now < world.saga.start.deadline ? stepTimeout(setting, world) : 'saga.timeout';
  }
}

/** Only a step whose attempts are used up. */
function stepTimeout({ scenario }: Setting, { saga, sent }: World): string | undefined {
  const count = sent[`${saga.start.sagaId}/${saga.pending?.step ?? ''}`] ?? 0;
  return count >= scenario.stepPatience.attempts ? 'step.timeout' : undefined;
}
