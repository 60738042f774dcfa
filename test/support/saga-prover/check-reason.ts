import type { SagaInput } from '../../../sagas/runner/saga-state.ts';
import type { Told } from './told.ts';
import type { Setting, World } from './world.ts';

/** A saga that begins to compensate says why, and keeps to it. */
export function checkReason(setting: Setting, world: World, told: Told): string | undefined {
  const { phase } = told.advance.state;
  const said = told.advance.state.reason?.code ?? 'nothing';
  const expected = expectedIn(setting, world, told);
  return said === expected ? undefined : `${phase} because of ${said} instead of ${expected}`;
}

function expectedIn(setting: Setting, world: World, { input, advance }: Told): string {
  const { saga } = world;
  if (saga.phase !== 'running') return saga.reason?.code ?? 'nothing';
  const { phase } = advance.state;
  const isWell = phase === 'running' || phase === 'completed';
  return isWell ? 'nothing' : expectedReason(setting, world, input);
}

function expectedReason(setting: Setting, world: World, input: SagaInput): string {
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
function stepTimeout({ scenario }: Setting, { saga, sent }: World): string {
  const count = sent[`${saga.start.sagaId}/${saga.pending?.step ?? ''}`] ?? 0;
  return count >= scenario.stepPatience.attempts ? 'step.timeout' : 'more patience';
}
