import type { SagaState } from '../../../sagas/runner/machine-state.ts';
import type { Advance, SagaInput } from '../../../sagas/runner/saga-state.ts';

/** An input and the machine's reaction to it. */
export interface Told<Input extends SagaInput = SagaInput> {
  readonly input: Input;
  readonly advance: Advance<SagaState>;
}
