import { decide, newRecord } from '../../../domain/participant-protocol.ts';
import { participantNamed } from '../../../domain/participants.ts';
import { definitionNamed } from '../../../sagas/definitions.ts';
import { advanceSaga, beginReturn, beginSaga } from '../../../sagas/runner/machine.ts';
import type { Subject } from './subject.ts';

/** The sources as they are. */
export const realSubject: Subject = {
  beginSaga,
  advanceSaga,
  beginReturn,
  decide,
  newRecord,
  participantNamed,
  definitionNamed,
};
