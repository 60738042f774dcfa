import { AppError } from '../../shared/kernel/app-error.ts';

/** The claim of a saga changed under every try to change it: `saga.contended` (transient). */
export function contended(sagaId: string): AppError {
  return new AppError('saga.contended', 'Others changed the claim of the saga, again and again.', {
    kind: 'transient',
    details: { sagaId },
  });
}
