import { ofText } from '../../invocation/typed-data.ts';
import { errorText } from '../../settings/host-problem.ts';
import type { DurableFunction } from '../durable-functions.ts';
import type { HistoryEvent } from '../history/history-event.ts';
import type { Episode, InstanceState } from '../instance/episode.ts';
import type { OrchestratorAnswer } from '../replay/action.ts';
import { parseAnswer, parseFailure } from '../replay/action-codec.ts';

/** Beyond these the SDK would make a chain of short timers of a long one. */
const longestTimer = '10000.00:00:00';
const asyncHttpPauseMs = 30_000;

/** Runs an orchestrator function once. The text of a problem says why it could not answer. */
export async function runOrchestrator(
  target: DurableFunction,
  state: InstanceState,
  episode: Episode,
): Promise<OrchestratorAnswer> {
  const data = ofText(orchestratorInput(state, episode));
  const outcome = await target.invoke({ data, metadata: {} });
  if (outcome.ok) return parseAnswer(outcome.value.returnValue?.json);
  const message = errorText(outcome.problem);
  return (
    parseFailure(message) ?? {
      ...{ actions: [], customStatus: state.instance.customStatus },
      end: { kind: 'threw', message },
    }
  );
}

/**
 * The trigger's value. Source: durable-functions 3.5.0, DurableOrchestrationBindingInfo; schema
 * version 3 of the SDK is number 2.
 */
function orchestratorInput({ instance, history }: InstanceState, { newEvents }: Episode): string {
  const { instanceId, parent, input } = instance;
  const head = JSON.stringify({
    instanceId,
    isReplaying: history.played.length > 0,
    ...(parent !== undefined && { parentInstanceId: parent.instanceId }),
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 2,
    longRunningTimerIntervalDuration: longestTimer,
    maximumShortTimerDuration: longestTimer,
    defaultHttpAsyncRequestSleepTimeMillseconds: asyncHttpPauseMs,
  });
  const events = [...history.played.map(playedText), ...newEvents.map(newText)];
  return `${head.slice(0, -1)},"input":${input ?? 'null'},"history":[${events.join()}]}`;
}

/** An event is written often, once for every episode that follows it. */
const playedTexts = new WeakMap<HistoryEvent, string>();

function playedText(event: HistoryEvent): string {
  const known = playedTexts.get(event);
  if (known !== undefined) return known;
  const text = JSON.stringify({ ...event, IsPlayed: true });
  playedTexts.set(event, text);
  return text;
}

function newText(event: HistoryEvent): string {
  return JSON.stringify({ ...event, IsPlayed: false });
}
