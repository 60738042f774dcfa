import { createOrchestrator } from 'durable-functions/lib/src/util/testingUtils.js';
import { definitionNamed } from '../../sagas/definitions.ts';
import { machineOf } from '../../sagas/runner/machine-generations.ts';
import { createRunSaga } from './run-saga-orchestrator.ts';

/** The handler of the orchestration trigger `run-saga`. */
export const runSagaHandler = createOrchestrator(createRunSaga({ machineOf, definitionNamed }));
