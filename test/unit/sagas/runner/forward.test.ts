import { describe, expect, it } from 'vitest';
import { durationMs, epochMs } from '../../../../shared/kernel/time.ts';
import { sagaOf } from '../../../support/saga-prover/scenario.ts';
import { SagaStory, storyStart } from '../../../support/saga-story.ts';

const abc = sagaOf([['b'], ['c'], []]);

describe('a saga on its way through the steps', () => {
  it('given a start, sends the first command with the deadline of the saga', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const story = SagaStory.of(abc, { traceparent, instanceId: 'I-1' });
    expect(story.commands).toEqual([
      {
        kind: 'do',
        id: 'S-1/a',
        name: 'a',
        participant: 'orders',
        sagaId: 'S-1',
        replyTo: 'I-1',
        attempt: 1,
        notAfter: storyStart.deadline,
        traceparent,
        data: { asks: 'a', knows: '' },
      },
    ]);
    expect(story.state.phase).toBe('running');
    expect(story.sleeps).toBe(10);
  });

  it('registers the compensation of a step before its command is sent', () => {
    expect(SagaStory.of(abc).state.registered).toEqual(['a']);
    expect(SagaStory.of(abc).done('a').state.registered).toEqual(['a', 'b']);
  });

  it('when all steps are done, is completed and tells each step what it learned before', () => {
    const story = SagaStory.of(abc).done('a', { by: 1 }).done('b', { by: 2 }).done('c');
    expect(story.sent).toEqual(['a#1', 'b#1', 'c#1']);
    expect(story.commands.at(-1)?.data).toEqual({ asks: 'c', knows: [['', 1], 2] });
    expect(story.state).toMatchObject({ phase: 'completed', stuck: [] });
    expect(story.sleeps).toBeUndefined();
  });

  it('when nobody answers, sends the same command again and waits longer', () => {
    const story = SagaStory.of(abc).wakes();
    const [first, second] = story.commands;
    expect(second).toEqual({ ...first, attempt: 2 });
    expect(story.sleeps).toBe(20);
  });

  it('when the answer to an earlier attempt comes late, goes on', () => {
    expect(SagaStory.of(abc).wakes().done('a').sent).toEqual(['a#1', 'a#2', 'b#1']);
  });

  it('when the timer fires early, does nothing', () => {
    const story = SagaStory.of(abc);
    const { state } = story;
    story.now += 9;
    expect(story.tell({ kind: 'time' }).state).toBe(state);
  });

  it('when all attempts stay without an answer, undoes the step too: it may have happened', () => {
    const story = SagaStory.of(abc).done('a').wakes(2);
    expect(story.state.reason?.code).toBe('step.timeout');
    expect(story.undone('b').sent).toEqual(['a#1', 'b#1', 'b#2', 'undo-b#1', 'undo-a#1']);
  });

  it('when a step is refused, undoes the steps before it only', () => {
    const story = SagaStory.of(abc).allDone('a', 'b').refused('c', 'stock.empty');
    expect(story.state.reason).toEqual({ code: 'stock.empty', detail: 'no' });
    expect(story.undone('b').undone('a').sent.slice(3)).toEqual(['undo-b#1', 'undo-a#1']);
    expect(story.state.phase).toBe('compensated');
  });

  it('when the first step is refused, is compensated at once', () => {
    const story = SagaStory.of(abc).refused('a');
    expect(story.state.phase).toBe('compensated');
    expect(story.sent).toEqual(['a#1']);
  });

  it('never sleeps past its deadline, and compensates then', () => {
    const story = SagaStory.of(abc, { deadline: epochMs(storyStart.startedAt + 7) });
    expect(story.sleeps).toBe(7);
    expect(story.wakes().state.reason?.code).toBe('saga.timeout');
    expect(story.sent).toEqual(['a#1', 'undo-a#1']);
  });

  it('when a step is done at the deadline, takes no further step', () => {
    const story = SagaStory.of(abc, { deadline: epochMs(storyStart.startedAt + 7) });
    story.now += 7;
    expect(story.done('a').sent).toEqual(['a#1', 'undo-a#1']);
  });

  it('when the last step is done at the deadline, is completed all the same', () => {
    const story = SagaStory.of(sagaOf([[]]), { deadline: epochMs(storyStart.startedAt + 7) });
    story.now += 7;
    expect(story.done('a').state.phase).toBe('completed');
  });

  it('has the patience that a step asks for', () => {
    const patience = { attempts: 1, timeout: durationMs(99), backoff: 1 };
    const [first] = abc.steps;
    const story = SagaStory.of({ ...abc, steps: [{ ...first, patience }] });
    expect(story.sleeps).toBe(99);
    expect(story.wakes().state.phase).toBe('compensating');
  });
});
