import { parentPort, workerData } from 'node:worker_threads';
import { explore } from './explore.ts';
import type { Mutation } from './mutations/mutation.ts';
import { PlantedFaults } from './planted.ts';
import { orderScenario, quickScenarios } from './scenarios.ts';
import { loadSubject } from './subject.ts';

/** What became of one planted fault. */
export interface Finding {
  readonly name: string;
  /** The counterexample, as a timeline; undefined when the fault was not found. */
  readonly counterexample: string | undefined;
  readonly states: number;
}

/** Node loads the planted sources itself here, with no test runner in between. */
using planted = new PlantedFaults();
for (const mutation of workerData as readonly Mutation[]) {
  parentPort?.postMessage(await find(mutation));
}

async function find(mutation: Mutation): Promise<Finding> {
  const { name, file } = mutation;
  const subject = await loadSubject(planted.plant(mutation));
  const isOfOrders = file.startsWith('sagas/order-fulfilment/');
  const scenarios = isOfOrders ? [orderScenario(subject)] : quickScenarios(subject);
  let states = 0;
  for (const scenario of scenarios) {
    const exploration = explore(subject, scenario);
    states += exploration.states;
    const { counterexample } = exploration;
    if (counterexample !== undefined) return { name, counterexample, states };
  }
  return { name, counterexample: undefined, states };
}
