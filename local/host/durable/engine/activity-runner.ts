import type { HostLog } from '../../host-log.ts';
import { metadataOf, ofText } from '../../invocation/typed-data.ts';
import type { Delivery } from '../../invocation/invoker.ts';
import { errorText } from '../../settings/host-problem.ts';
import type { DurableFunctions } from '../durable-functions.ts';
import type { JsonText } from '../history/history-event.ts';
import type { Message } from '../instance/message.ts';
import { Lane } from './lane.ts';
import { toJsonText } from './typed-result.ts';

/** One call of an activity. */
export interface ActivityCall {
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly name: string;
  readonly input: JsonText;
}

export interface ActivityRunnerOptions {
  readonly functions: DurableFunctions;
  readonly maxConcurrent: number;
  readonly log: HostLog;
  /** Takes the result to the instance; resolves when it is stored. */
  readonly report: (instanceId: string, message: Message) => Promise<unknown>;
}

const maxDetailsLength = 4_000;

/** Runs activities, each call at least once: one that was cut short runs again in the next host. */
export class ActivityRunner {
  readonly #options: ActivityRunnerOptions;
  readonly #lane: Lane;
  readonly #calls = new Map<string, Promise<void>>();
  #isStopping = false;

  constructor(options: ActivityRunnerOptions) {
    this.#options = options;
    this.#lane = new Lane(options.maxConcurrent);
  }

  /** Does nothing if the call is waiting or running. */
  run(call: ActivityCall): void {
    const key = `${call.executionId}:${call.taskId}`;
    if (this.#isStopping || this.#calls.has(key)) return;
    const done = this.#run(call).finally(() => this.#calls.delete(key));
    this.#calls.set(key, done);
  }

  /** Starts nothing more and resolves when what runs has ended and is stored. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.allSettled(this.#calls.values());
  }

  async #run(call: ActivityCall): Promise<void> {
    const { report, log } = this.#options;
    try {
      const message = await this.#lane.run(() => this.#invoke(call));
      if (message !== undefined) await report(call.instanceId, message);
    } catch (error) {
      // The call stays open in the history: whoever looks after the instance next runs it again.
      log.write('warning', 'Host.Durable', `Activity "${call.name}": ${errorText(error)}`);
    }
  }

  async #invoke(call: ActivityCall): Promise<Message | undefined> {
    if (this.#hasStopped()) return undefined;
    const { executionId, taskId, name } = call;
    const failed = { kind: 'activityFailed', executionId, taskId } as const;
    const target = this.#options.functions.get('activity', name);
    if (target === undefined) {
      return {
        ...failed,
        reason: `There is no activity function '${name}' any more.`,
        details: '',
      };
    }
    const outcome = await target.invoke(toDelivery(call));
    if (outcome.ok) {
      const result = toJsonText(outcome.value.returnValue);
      return { kind: 'activityCompleted', executionId, taskId, result };
    }
    // A host that stops takes away what the activity needs: that failure is not the activity's.
    if (this.#hasStopped()) return undefined;
    const reason = `Activity function '${name}' failed: ${errorText(outcome.problem)}`;
    return { ...failed, reason, details: stackOf(outcome.problem) };
  }

  #hasStopped(): boolean {
    return this.#isStopping;
  }
}

function toDelivery({ instanceId, input }: ActivityCall): Delivery {
  const data = input === null ? undefined : { json: input };
  return { data: data ?? {}, metadata: metadataOf({ instanceId: ofText(instanceId), data }) };
}

function stackOf(problem: unknown): string {
  return problem instanceof Error ? (problem.stack ?? '').slice(0, maxDetailsLength) : '';
}
