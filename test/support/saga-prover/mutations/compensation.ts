import { mutationsOf, type Mutation } from './mutation.ts';

/** Faults on the way back. */
export const compensationFaults: readonly Mutation[] = mutationsOf('sagas/runner/compensate.ts', [
  ['the first step is undone first', 'state.registered.at(-1)', 'state.registered.at(0)'],
  [
    'a compensation that failed is swallowed',
    'unresolved: [...state.unresolved, stuck]',
    "unresolved: stuck.status === 'failed' ? state.unresolved : [...state.unresolved, stuck]",
  ],
  [
    'a compensation that is held is swallowed',
    'unresolved: [...state.unresolved, stuck]',
    "unresolved: stuck.status === 'held' ? state.unresolved : [...state.unresolved, stuck]",
  ],
  [
    'a refusal to undo counts as undone',
    "if (outcome.kind === 'done') {",
    "if (outcome.kind === 'done' || now > 0) {",
  ],
  [
    'the first refusal to undo is final',
    'return isLastAttempt(definition, state, pending)\n    ?',
    'return now > 0\n    ?',
  ],
  [
    'an unanswered compensation is given up at once',
    'if (isLastAttempt(definition, state, pending)) return',
    'if (now > 0) return',
  ],
  [
    'an unanswered compensation counts as done',
    'if (isLastAttempt(definition, state, pending)) return giveUp(definition, state, { pending, now });',
    'if (isLastAttempt(definition, state, pending)) return undoNext(definition, settle(state, pending.step), now);',
  ],
  [
    'a compensation is tried for ever',
    'if (isLastAttempt(definition, state, pending)) return giveUp(definition, state, { pending, now });',
    '',
  ],
  [
    'a compensation that failed ends the saga and leaves the others undone',
    'return undoNext(definition, leave(failed, stuck), now);',
    "return end(leave(failed, stuck), 'needs-human', now);",
  ],
  [
    'nothing is held back',
    'return obstacle === undefined\n',
    'return obstacle === undefined || now > 0\n',
  ],
  [
    'only what depends on a failure itself is held',
    'state.unresolved.find(({ step: stuck }) =>',
    "state.unresolved.find(({ step: stuck, status }) => status === 'failed' &&",
  ],
  [
    'everything is held once something failed',
    'step.compensation?.dependsOn.includes(stuck),',
    'stuck !== step.name,',
  ],
  [
    'a compensation without answer is sent although it is held',
    ': hold(definition, state, { step, obstacle, now });',
    ': { ...hold(definition, state, { step, obstacle, now }), commands: [commandOf(step, state, { kind: "undo", attempt: 1 })] };',
  ],
  ['what is stuck is shown to nobody', "outcome === 'needs-human' ? state.unresolved : []", '[]'],
  [
    'a saga with something stuck ends as compensated',
    "state.unresolved.length === 0 ? 'compensated' : 'needs-human'",
    "'compensated'",
  ],
  ['the timer is not cancelled at the end', '      wakeAt: undefined,\n      stuck', '      stuck'],
  [
    'a compensation keeps the timer of what went before',
    '{ ...state, pending, wakeAt }',
    '{ ...state, pending, wakeAt: state.wakeAt ?? wakeAt }',
  ],
  [
    'attempts of a compensation are not counted',
    '{ attempt: pending.attempt + 1, now }',
    '{ attempt: pending.attempt, now }',
  ],
  [
    'a saga that compensates still calls itself running',
    "{ ...state, phase: 'compensating', reason }",
    '{ ...state, reason }',
  ],
  [
    'a saga that compensates does not say why',
    "{ ...state, phase: 'compensating', reason }",
    "{ ...state, phase: 'compensating', reason: state.reason ?? { ...reason, code: '' } }",
  ],
]);
