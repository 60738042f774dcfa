import { describe, expect, it } from 'vitest';
import { orderFulfilment } from '../../../../sagas/order-fulfilment/definition.ts';
import { sagaOf } from '../../../support/saga-prover/scenario.ts';
import { SagaStory } from '../../../support/saga-story.ts';

const ab = sagaOf([['b'], []]);

describe('inputs that do not concern a saga, or no longer', () => {
  it('notes a copy of an answer and does not go on twice', () => {
    const story = SagaStory.of(ab).done('a').done('a');
    expect(story.sent).toEqual(['a#1', 'b#1']);
    expect(story.journal.at(-1)).toBe('reply-ignored a done');
  });

  it('counterexample 22: notes the late answer of a step that is being undone', () => {
    const story = SagaStory.of(ab).done('a').cancelled().done('b');
    expect(story.state.phase).toBe('compensating');
    expect(story.journal.at(-1)).toBe('reply-ignored b done');
  });

  it('notes the late answer of a compensation that was given up', () => {
    const story = SagaStory.of(ab).cancelled().wakes(3);
    expect(story.state.phase).toBe('needs-human');
    expect(story.undone('a').state.phase).toBe('needs-human');
    expect(story.journal.at(-1)).toBe('reply-ignored a undo.done');
  });

  it('notes an answer to a command that is not its own', () => {
    const story = SagaStory.of(ab).done('elsewhere');
    expect(story.journal.at(-1)).toBe('reply-ignored unknown');
    expect(story.done('a').sent).toEqual(['a#1', 'b#1']);
  });

  it('notes a cancel of a saga that compensates already or has ended, and each cancel once', () => {
    const story = SagaStory.of(ab).cancelled().cancelled().cancelled('cancel-2').undone('a');
    expect(story.sent).toEqual(['a#1', 'undo-a#1']);
    story.cancelled('cancel-2').cancelled('cancel-3');
    expect(story.state.phase).toBe('compensated');
    expect(story.journal.filter((line) => line.startsWith('cancelled'))).toHaveLength(2);
  });
});

describe('a cancel', () => {
  it('undoes the step in flight as well, as it may happen yet', () => {
    const story = SagaStory.of(ab).done('a').cancelled();
    expect(story.sent).toEqual(['a#1', 'b#1', 'undo-b#1']);
    expect(story.state.reason?.code).toBe('saga.cancelled');
  });
});

describe('the journal', () => {
  it('tells the story of a saga in order', () => {
    expect(SagaStory.of(ab).wakes().done('a').refused('b', 'no.stock').undone('a').journal).toEqual(
      [
        'started',
        'command-sent a',
        'step-timed-out a',
        'command-sent a',
        'reply-done a',
        'command-sent b',
        'reply-refused b no.stock',
        'undo-sent a',
        'undo-done a',
        'ended compensated',
      ],
    );
  });

  it('keeps the first and the last line of what repeats itself', () => {
    const story = SagaStory.of(ab);
    for (let copy = 0; copy < 50; copy += 1) story.done('elsewhere');
    expect(story.journal).toEqual([
      'started',
      'command-sent a',
      'reply-ignored unknown',
      'reply-ignored unknown',
    ]);
  });

  it('fits the durable custom status, 16 KB of UTF-16, however often things go wrong', () => {
    const names = orderFulfilment.steps.map(({ name }) => name);
    const story = SagaStory.of(orderFulfilment);
    for (const name of names) story.wakes().done(name).done(name);
    const returned = SagaStory.ofReturn(orderFulfilment);
    story.state = { ...returned.state, journal: story.state.journal };
    for (const name of names.toReversed()) {
      for (const copy of ['no1', 'no2'])
        story.undoRefused(name, copy).undoRefused(name, copy).wakes();
      story.undone(name).undone(name).done(name).cancelled(name);
    }
    expect(story.state.phase).toBe('compensated');
    expect(story.state.journal.length).toBeGreaterThan(70);
    expect(JSON.stringify(story.state.journal).length).toBeLessThan(8_192);
  });

  it('keeps long codes short', () => {
    const story = SagaStory.of(ab).refused('a', 'x'.repeat(1_000));
    expect(story.journal.join('').length).toBeLessThan(200);
    expect(story.state.reason?.code).toHaveLength(1_000);
  });
});
