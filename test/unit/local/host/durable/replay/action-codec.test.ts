import { describe, expect, it } from 'vitest';
import {
  parseAnswer,
  parseFailure,
} from '../../../../../../local/host/durable/replay/action-codec.ts';

const answer = (...actions: object[]): string =>
  JSON.stringify({ isDone: false, actions: [actions], schemaVersion: 2 });

describe('the answer of an orchestrator', () => {
  it('holds the texts of activities encoded twice, and all else once', () => {
    const { actions } = parseAnswer(
      answer(
        { actionType: 0, functionName: 'a', input: '"text"' },
        { actionType: 0, functionName: 'b', input: { x: 1 } },
        { actionType: 2, functionName: 'c', input: 'text', instanceId: 'i', version: '1' },
        { actionType: 4, input: '"again"' },
      ),
    );
    expect(actions).toMatchObject([
      { kind: 'callActivity', name: 'a', input: '"text"' },
      { kind: 'callActivity', name: 'b', input: '{"x":1}' },
      { kind: 'callSubOrchestrator', name: 'c', input: '"text"', instanceId: 'i', version: '1' },
      { kind: 'continueAsNew', input: '"again"' },
    ]);
  });

  it('nests compound actions', () => {
    const inner = { actionType: 12, compoundActions: [{ actionType: 6, externalEventName: 'e' }] };
    const { actions } = parseAnswer(answer({ actionType: 11, compoundActions: [inner] }));
    expect(actions).toEqual([
      {
        kind: 'whenAny',
        children: [{ kind: 'whenAll', children: [{ kind: 'waitForEvent', name: 'e' }] }],
      },
    ]);
  });

  it('is done with a result, which may be nothing', () => {
    const done = parseAnswer(JSON.stringify({ isDone: true, actions: [[]], customStatus: 'x' }));
    expect(done).toEqual({
      ...{ actions: [], customStatus: '"x"', end: { kind: 'returned', output: null } },
    });
  });

  it('is found in what was thrown', () => {
    const state = JSON.stringify({ isDone: false, actions: [[]], error: 'no luck' });
    const failure = parseFailure(`false\n\n$OutOfProcData$:${state}`);
    expect(failure?.end).toEqual({ kind: 'threw', message: 'no luck' });
    expect(parseFailure('something else')).toBeUndefined();
  });

  it('may hold what this host does not know', () => {
    const { actions } = parseAnswer(answer({ actionType: 99 }, { actionType: 5, fireAt: 'soon' }));
    expect(actions.map(({ kind }) => kind)).toEqual(['unsupported', 'unsupported']);
  });
});
