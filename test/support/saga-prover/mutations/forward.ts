import { mutationsOf, type Mutation } from './mutation.ts';

/** Faults on the way through the steps. */
export const forwardFaults: readonly Mutation[] = mutationsOf('sagas/runner/forward.ts', [
  [
    'a compensation is registered only after its step is done',
    'return send(step, { ...state, registered }, { attempt: 1, now });',
    'return send(step, { ...state, registered: registered.filter((name) => name !== step.name) }, { attempt: 1, now });',
  ],
  [
    'a later step takes the place of the registered ones',
    '[...state.registered, step.name]',
    '[step.name]',
  ],
  [
    'a step of unknown outcome is not compensated',
    'return compensate(definition, timedOut, {',
    'return compensate(definition, { ...timedOut, registered: timedOut.registered.slice(0, -1) }, {',
  ],
  [
    'a step of unknown outcome is not compensated when the saga times out',
    'return compensate(definition, late, {',
    'return compensate(definition, { ...late, registered: late.registered.slice(0, -1) }, {',
  ],
  [
    'a refused step is compensated',
    'registered = state.registered.filter((name) => name !== step.name)',
    'registered = state.registered',
  ],
  [
    'a refused step takes the one before with it',
    'registered = state.registered.filter((name) => name !== step.name)',
    'registered = state.registered.slice(0, -2)',
  ],
  [
    'a refused step is sent again instead of compensated',
    "if (outcome.kind === 'refused') {",
    "if (outcome.kind === 'refused') return send(step, state, { attempt: 1, now });\n  if (outcome.kind === 'refused') {",
  ],
  [
    'a refusal counts as done',
    "if (outcome.kind === 'refused') {",
    "if (outcome.kind === 'refused' && now < 0) {",
  ],
  [
    'the saga forgets what a step told it',
    'step.evolve?.(state.facts, outcome.data) ?? state.facts',
    'state.facts',
  ],
  [
    'a step is skipped',
    'definition.steps.indexOf(step) + 1]',
    'definition.steps.indexOf(step) + 2]',
  ],
  [
    'a step that is done is taken again',
    'definition.steps.indexOf(step) + 1]',
    'definition.steps.indexOf(step)]',
  ],
  [
    'the saga completes before its last step',
    'if (next === undefined) return',
    'if (next === undefined || next === definition.steps.at(-1)) return',
  ],
  [
    'the deadline does not stop a saga that is told of progress',
    'if (isDeadlinePassed(done, now)) return timeOutSaga(definition, done, now);',
    '',
  ],
  [
    'the deadline is ignored',
    'return !isBefore(now, state.start.deadline);',
    'return now < 0 && state.start.deadline > 0;',
  ],
  [
    'the deadline is taken for a timeout of the step',
    'if (isDeadlinePassed(state, now)) return timeOutSaga(definition, state, now);',
    '',
  ],
  [
    'the saga sleeps past its deadline',
    'epochMs(Math.min(unanswered, state.start.deadline))',
    'epochMs(unanswered + Math.min(0, state.start.deadline))',
  ],
  [
    'only the deadline wakes the saga',
    'epochMs(Math.min(unanswered, state.start.deadline))',
    'epochMs(Math.max(unanswered, state.start.deadline))',
  ],
  [
    'a step is tried once too often',
    "if (pending.attempt < patienceOf(step, state, 'do').attempts)",
    "if (pending.attempt <= patienceOf(step, state, 'do').attempts)",
  ],
  [
    'a step is tried only once',
    "if (pending.attempt < patienceOf(step, state, 'do').attempts)",
    'if (pending.attempt < 1)',
  ],
  [
    'attempts of a step are not counted',
    '{ attempt: pending.attempt + 1, now }',
    '{ attempt: pending.attempt, now }',
  ],
  ['an attempt has no timer', '{ ...state, pending, wakeAt }', '{ ...state, pending }'],
]);
