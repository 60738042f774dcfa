import type { SagaState } from '../../../sagas/runner/machine-state.ts';

/** Whether a reply is the one that the saga waits for. */
export function isAwaited({ pending, start }: SagaState, commandId: string): boolean {
  if (pending === undefined) return false;
  const id = `${start.sagaId}/${pending.step}`;
  return commandId === (pending.kind === 'do' ? id : `${id}/undo`);
}
