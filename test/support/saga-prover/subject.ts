import type { decide, newRecord } from '../../../domain/participant-protocol.ts';
import type { participantNamed } from '../../../domain/participants.ts';
import type { definitionNamed } from '../../../sagas/definitions.ts';
import type { advanceSaga, beginReturn, beginSaga } from '../../../sagas/runner/machine.ts';

/** The sources under proof: the real ones, or a copy with a planted fault. */
export interface Subject {
  readonly beginSaga: typeof beginSaga;
  readonly advanceSaga: typeof advanceSaga;
  readonly beginReturn: typeof beginReturn;
  readonly decide: typeof decide;
  readonly newRecord: typeof newRecord;
  readonly participantNamed: typeof participantNamed;
  readonly definitionNamed: typeof definitionNamed;
}

/** The folder that holds `sagas/` and `domain/`. */
export const sourceRoot = new URL('../../../', import.meta.url);

/** Loads the sources below a folder. */
export async function loadSubject(root: URL): Promise<Subject> {
  const load = (path: string): Promise<unknown> => import(new URL(path, root).href);
  const parts = await Promise.all([
    load('sagas/runner/machine.ts'),
    load('domain/participant-protocol.ts'),
    load('domain/participants.ts'),
    load('sagas/definitions.ts'),
  ]);
  return Object.assign({}, ...parts) as Subject;
}
