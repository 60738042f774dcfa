import { describe, expect, it } from 'vitest';
import { durationMs, epochMs } from '../../../../../../shared/kernel/time.ts';
import {
  eventType,
  type HistoryEvent,
} from '../../../../../../local/host/durable/history/history-event.ts';
import type { Action, RetryOptions } from '../../../../../../local/host/durable/replay/action.ts';
import { replay, type Replayed } from '../../../../../../local/host/durable/replay/replay.ts';

const at = (second: number): string => new Date(second * 1000).toISOString();
const started = (second = 0): HistoryEvent => ({
  ...{ EventType: eventType.orchestratorStarted, EventId: -1, Timestamp: at(second) },
});
const start: readonly HistoryEvent[] = [
  started(),
  { EventType: eventType.executionStarted, EventId: -1, Timestamp: at(0), Name: 'o', Input: null },
];
const completed = (id: number): HistoryEvent => ({
  ...{ EventType: eventType.taskCompleted, EventId: -1, Timestamp: at(1) },
  ...{ TaskScheduledId: id, Result: '1' },
});
const failed = (id: number): HistoryEvent => ({
  ...{ EventType: eventType.taskFailed, EventId: -1, Timestamp: at(1) },
  ...{ TaskScheduledId: id, Reason: 'no', Details: '' },
});
const fired = (id: number): HistoryEvent => ({
  ...{ EventType: eventType.timerFired, EventId: -1, Timestamp: at(1), TimerId: id, FireAt: at(1) },
});
const raised = (name: string, id = name): HistoryEvent => ({
  ...{ EventType: eventType.eventRaised, EventId: -1, Timestamp: at(1), Name: name, Input: '1' },
  MessageId: id,
});
const activity = (name: string, retry?: RetryOptions): Action => ({
  ...{ kind: 'callActivity', name, input: null, retry },
});
const timer = (second: number, isCanceled = false): Action => ({
  ...{ kind: 'createTimer', fireAt: epochMs(second * 1000), isCanceled },
});
const wait = (name: string): Action => ({ kind: 'waitForEvent', name });
const retry = (options: Partial<RetryOptions> = {}): RetryOptions => ({
  ...{ firstInterval: durationMs(1000), maxAttempts: 2, backoffCoefficient: 1 },
  ...{ maxInterval: undefined, timeout: undefined },
  ...options,
});
const names = {
  hasActivity: (name: string) => name !== 'missing',
  hasOrchestrator: () => true,
  hasEntity: () => true,
};

function play(actions: readonly Action[], ...events: readonly HistoryEvent[]): Replayed {
  return replay({ events: [...start, ...events], actions, executionId: 'e', names });
}

const numbersOf = ({ newTasks }: Replayed): number[] => newTasks.map(({ EventId }) => EventId);

/** Replays with the tasks of the replay before as part of the history. */
function playOn(actions: readonly Action[], before: Replayed, ...events: HistoryEvent[]): Replayed {
  return play(actions, ...before.newTasks, started(10), ...events);
}

describe('a replay', () => {
  it('schedules an action only when the one before has ended', () => {
    const actions = [activity('a'), activity('b')];
    const first = play(actions);
    expect(first.newTasks).toMatchObject([{ EventType: 4, EventId: 0, Name: 'a' }]);
    const second = playOn(actions, first, completed(0));
    expect(second.newTasks).toMatchObject([{ EventType: 4, EventId: 1, Name: 'b' }]);
    expect(second).toMatchObject({ isThrough: false, holding: [1] });
  });

  it('waits for all children of Task.all, failed ones too, and says so if the SDK did not', () => {
    const all: Action = { kind: 'whenAll', children: [activity('a'), activity('b')] };
    const first = play([all]);
    expect(numbersOf(first)).toEqual([0, 1]);
    const second = playOn([all, activity('c')], first, failed(0));
    expect(second.newTasks).toEqual([]);
    expect(second.warnings[0]).toContain('went on after the first failure');
  });

  it('goes on after any child of Task.any, and is held by the others', () => {
    const any: Action = { kind: 'whenAny', children: [activity('a'), timer(60)] };
    const first = play([any]);
    const second = playOn([any, activity('c')], first, completed(0));
    expect(numbersOf(second)).toEqual([2]);
    expect(second.holding).toEqual([1, 2]);
  });

  it('notes a canceled timer once, and is no longer held by it', () => {
    const any = (isCanceled: boolean): Action => ({
      ...{ kind: 'whenAny', children: [wait('e'), timer(60, isCanceled)] },
    });
    const first = play([any(false)]);
    const second = playOn([any(true)], first, raised('e'));
    expect(second).toMatchObject({ canceledTimers: [0], holding: [], isThrough: true });
    const noted: HistoryEvent = {
      ...{ EventType: eventType.generic, EventId: -1, Timestamp: at(1) },
      ...{ Data: 'TimerCanceled', TimerId: 0 },
    };
    expect(playOn([any(true)], first, raised('e'), noted).canceledTimers).toEqual([]);
  });

  it('gives the number of a timer that was canceled at once to nothing else', () => {
    const any: Action = { kind: 'whenAny', children: [wait('e'), timer(60, true)] };
    const played = play([any, activity('a')], raised('e'));
    expect(numbersOf(played)).toEqual([1]);
  });

  it('numbers the attempts and pauses of a retry at the moment of the failure', () => {
    const both: Action = { kind: 'whenAny', children: [activity('a', retry()), activity('b')] };
    const first = play([both]);
    const second = playOn([both], first, failed(0));
    expect(second.newTasks).toMatchObject([{ EventType: 10, EventId: 2, FireAt: at(11) }]);
    const tasks = { ...second, newTasks: [...first.newTasks, ...second.newTasks] };
    const third = playOn([both], tasks, failed(0), fired(2));
    expect(third.newTasks).toMatchObject([{ EventType: 4, EventId: 3, Name: 'a' }]);
  });

  it('pauses without length after the last attempt, because the SDK waits for that timer', () => {
    const first = play([activity('a', retry({ maxAttempts: 1 }))]);
    const second = playOn([activity('a', retry({ maxAttempts: 1 }))], first, failed(0));
    expect(second.newTasks).toMatchObject([{ EventType: 10, FireAt: at(10) }]);
  });

  it('stops without a timer when the time for retries is over, and warns', () => {
    const action = activity('a', retry({ timeout: durationMs(5_000), maxAttempts: 9 }));
    const first = play([action]);
    const second = playOn([action], first, failed(0));
    expect(second).toMatchObject({ newTasks: [], isThrough: true });
    expect(second.warnings[0]).toContain('retry timeout is over');
  });

  it('serves the last of several who wait for one event first', () => {
    const any = (first: Action, second: Action): Action => ({
      ...{ kind: 'whenAny', children: [first, second] },
    });
    const actions = [any(wait('e'), timer(1)), any(wait('e'), timer(2)), activity('after')];
    const first = play([actions[0] ?? wait('')]);
    const second = playOn(actions, first, fired(0), raised('e', '1'));
    expect(second.newTasks.at(-1)).toMatchObject({ Name: 'after' });
    expect(second.unconsumedEvents).toEqual([]);
  });

  it('keeps events that nobody waits for, in order', () => {
    const played = play([activity('a')], raised('e', '1'), raised('f', '2'), raised('e', '3'));
    expect(played.unconsumedEvents.map(({ MessageId }) => MessageId)).toEqual(['1', '2', '3']);
  });

  it('begins anew with the input that it was given', () => {
    const played = play([{ kind: 'continueAsNew', input: '{"a":1}' }]);
    expect(played).toMatchObject({ continueWith: { input: '{"a":1}' }, isThrough: true });
  });

  it('finds an orchestrator that no longer does what its history says', () => {
    const first = play([activity('a')]);
    expect(playOn([activity('b')], first).problem).toContain(
      "Non-Deterministic workflow detected: task 0 was the activity 'a' and is now the activity 'b'",
    );
    expect(playOn([timer(5)], first).problem).toContain('is now a timer');
    expect(playOn([wait('e')], first).problem).toContain('no longer asked for');
  });

  it('finds functions that the app does not have, and what the host cannot do', () => {
    expect(play([activity('missing')]).problem).toContain("The function 'missing' doesn't exist");
    expect(play([{ kind: 'unsupported', what: 'callHttp' }]).problem).toContain('callHttp');
  });

  it('ignores the end of a task that it does not know', () => {
    const played = play([activity('a')], completed(7));
    expect(played).toMatchObject({ holding: [0], isThrough: false });
  });
});
