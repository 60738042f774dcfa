import { compensationFaults } from './compensation.ts';
import { forwardFaults } from './forward.ts';
import { commandFaults, inputFaults } from './inputs.ts';
import type { Mutation } from './mutation.ts';
import { definitionFaults, participantFaults } from './surroundings.ts';

/** The faults that the prover must find. */
export const mutations: readonly Mutation[] = [
  ...forwardFaults,
  ...compensationFaults,
  ...inputFaults,
  ...commandFaults,
  ...participantFaults,
  ...definitionFaults,
];
