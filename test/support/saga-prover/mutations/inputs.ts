import { mutationsOf, type Mutation } from './mutation.ts';

/** Faults in what the machine makes of its inputs. */
export const inputFaults: readonly Mutation[] = mutationsOf('sagas/runner/machine.ts', [
  ['any reply advances the saga', 'isHeard || reply.commandId !== pendingId(state))', 'isHeard)'],
  [
    'replies are matched by the name of the step',
    'reply.commandId !== pendingId(state)',
    '!reply.commandId.includes(`/${pending.step}`)',
  ],
  [
    'a reply to an earlier attempt is not heard',
    'isHeard || reply.commandId',
    'pending.attempt > 1 || reply.commandId',
  ],
  ['a copy of a refusal uses up an attempt', 'replyId === reply.id', 'false'],
  [
    'a late reply is dropped silently',
    'return stay(ignoreReply(definition, state, { reply, now }));',
    'return stay(state);',
  ],
  [
    'a cancel is lost while the saga waits',
    "return state.phase === 'running'\n",
    "return state.phase === 'running' && state.pending === undefined\n",
  ],
  [
    'a cancel begins the compensation anew',
    "return state.phase === 'running'\n",
    "return state.phase === 'running' || state.phase === 'compensating'\n",
  ],
  ['a cancel is applied twice', 'if (state.cancels.includes(cancel.id)) return stay(state);', ''],
  [
    'a cancel reopens a saga that has ended',
    "return state.phase === 'running'\n",
    "return state.phase === 'running' || state.pending === undefined\n",
  ],
  [
    'a timer that fires early counts',
    'wakeAt === undefined || isBefore(now, wakeAt)',
    'wakeAt === undefined',
  ],
  [
    'time only repeats, whatever it is that waits',
    "  return pending.kind === 'do'\n    ? onStepTime(definition, state, { pending, now })",
    "  return pending.kind === 'do' || now > 0\n    ? onStepTime(definition, state, { pending, now })",
  ],
  [
    'a return skips the last step',
    '.map(({ name }) => name);\n  const cancelled',
    '.map(({ name }) => name).slice(0, -1);\n  const cancelled',
  ],
  [
    'a return undoes in the order of the steps',
    '.map(({ name }) => name);\n  const cancelled',
    '.map(({ name }) => name).reverse();\n  const cancelled',
  ],
  [
    'a return runs the saga once more',
    'return compensate(definition, state, { reason, now });',
    'return takeStep(definition.steps[0], state, now);',
  ],
]);

/** Faults in the commands themselves. */
export const commandFaults: readonly Mutation[] = mutationsOf('sagas/runner/saga-commands.ts', [
  ['a command outlives the saga', 'notAfter: deadline }', 'notAfter: (deadline * 2) as never }'],
  ['an undo has the id of its step', 'id: undoIdOf(sagaId, step.name), name', 'id, name'],
  ['an undo names another step', 'name, undoes: id }', 'name, undoes: sagaId }'],
  [
    'each attempt is a command of its own',
    'name: step.name, notAfter',
    'name: `${step.name}-${attempt}`, notAfter',
  ],
  ['further attempts do not wait longer', '** (attempt - 1)', '** 0'],
  ['the trace is lost', '{ traceparent }', '{}'],
  [
    'a compensation has the patience of a step',
    'step.compensation?.patience ?? state.start.compensationPatience',
    'step.compensation?.patience ?? state.start.stepPatience',
  ],
]);
