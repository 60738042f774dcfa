import { describe, expect, it } from 'vitest';
import { sagaOf } from '../../../support/saga-prover/scenario.ts';
import { SagaStory } from '../../../support/saga-story.ts';

const chain = sagaOf([['b'], ['c'], []]);
const independent = sagaOf([[], [], []]);
const withoutUndo = sagaOf([[], 'none', []]);

/** All steps sent, the last one in flight, then cancelled. */
const cancelledAtC = (definition = chain) => SagaStory.of(definition).allDone('a', 'b').cancelled();

describe('a saga that compensates', () => {
  it('undoes one step after the other, the newest first', () => {
    const story = cancelledAtC();
    expect(story.sent.slice(3)).toEqual(['undo-c#1']);
    expect(story.undone('c').undone('b').sent.slice(3)).toEqual([
      'undo-c#1',
      'undo-b#1',
      'undo-a#1',
    ]);
    expect(story.undone('a').state.phase).toBe('compensated');
  });

  it('names the command to undo, whether or not it was ever seen', () => {
    expect(cancelledAtC().commands.at(-1)).toMatchObject({
      kind: 'undo',
      id: 'S-1/c/undo',
      undoes: 'S-1/c',
      name: 'undo-c',
      attempt: 1,
    });
  });

  it('leaves out steps that cannot be undone', () => {
    const story = cancelledAtC(withoutUndo).undone('c').undone('a');
    expect(story.sent.slice(3)).toEqual(['undo-c#1', 'undo-a#1']);
    expect(story.state.phase).toBe('compensated');
  });

  it('when nobody answers, sends the compensation again and waits longer', () => {
    const story = cancelledAtC();
    expect(story.sleeps).toBe(5);
    expect(story.wakes().sleeps).toBe(10);
    expect(story.sent.at(-1)).toBe('undo-c#2');
    expect(story.undone('c').sent.at(-1)).toBe('undo-b#1');
  });

  it('when a compensation is refused, tries it again when its time is up', () => {
    const story = cancelledAtC().undoRefused('c');
    expect(story.sent.at(-1)).toBe('undo-c#1');
    expect(story.wakes().undone('c').sent.slice(-2)).toEqual(['undo-c#2', 'undo-b#1']);
  });

  it('does not take a copy of a refusal for the refusal of the last attempt', () => {
    const story = cancelledAtC().undoRefused('c', 'no1').wakes(2).undoRefused('c', 'no1');
    expect(story.state.unresolved).toEqual([]);
    expect(story.undoRefused('c', 'no3').state.unresolved[0]).toMatchObject({ step: 'c' });
  });

  it('when a compensation fails for good, goes on with those that do not depend on it', () => {
    const story = cancelledAtC(independent).wakes(3).undone('b').undone('a');
    expect(story.sent.slice(3)).toEqual([
      'undo-c#1',
      'undo-c#2',
      'undo-c#3',
      'undo-b#1',
      'undo-a#1',
    ]);
    expect(story.state.phase).toBe('needs-human');
    expect(story.state.stuck).toMatchObject([
      { step: 'c', status: 'failed', code: 'compensation.timeout' },
    ]);
  });

  it('counterexample 21: holds back what depends on a failed compensation, through others too', () => {
    const story = cancelledAtC().wakes(2).undoRefused('c', 'no3');
    expect(story.sent.slice(3)).toEqual(['undo-c#1', 'undo-c#2', 'undo-c#3']);
    expect(story.state.phase).toBe('needs-human');
    expect(story.state.stuck).toMatchObject([
      { step: 'c', status: 'failed', code: 'too.late', command: { id: 'S-1/c/undo' } },
      { step: 'b', status: 'held', detail: 'must not run before c is undone' },
      { step: 'a', status: 'held', command: { name: 'undo-a', undoes: 'S-1/a' } },
    ]);
  });

  it('shows nothing as stuck before the end', () => {
    expect(cancelledAtC(independent).wakes(3).state.stuck).toEqual([]);
  });

  it('is not stopped by the deadline of the saga', () => {
    const story = cancelledAtC();
    story.now = story.state.start.deadline + 1;
    expect(story.undone('c').sent.at(-1)).toBe('undo-b#1');
    expect(story.sleeps).toBe(5);
  });

  it('given a saga that completed, returns it from its last step', () => {
    const story = SagaStory.ofReturn(chain);
    expect(story.state).toMatchObject({
      phase: 'compensating',
      reason: { code: 'saga.cancelled' },
    });
    expect(story.undone('c').undone('b').undone('a').sent).toEqual([
      'undo-c#1',
      'undo-b#1',
      'undo-a#1',
    ]);
    expect(story.state.phase).toBe('compensated');
  });

  it('given a completed saga without compensations, has nothing to return', () => {
    expect(SagaStory.ofReturn(sagaOf(['none'])).state.phase).toBe('compensated');
  });
});
