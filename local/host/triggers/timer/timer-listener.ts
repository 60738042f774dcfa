import { epochMs, type Clock } from '../../../../shared/kernel/time.ts';
import type { HostLog } from '../../host-log.ts';
import { ofJson } from '../../invocation/typed-data.ts';
import { pause } from '../../pause.ts';
import { errorText } from '../../settings/host-problem.ts';
import { whileHoldingBlob } from '../../storage/blob-lock.ts';
import type { HostStorage } from '../../storage/host-storage.ts';
import type { Listener, TriggeredFunction } from '../trigger-kind.ts';
import type { Schedule } from './schedule.ts';
import { firstStatus, reviseStatus, statusAfterRun, toStatusJson } from './schedule-status.ts';
import type { ScheduleStatus } from './schedule-status.ts';
import { TimerState } from './timer-state.ts';

export interface TimerListenerOptions {
  readonly target: TriggeredFunction;
  readonly schedule: Schedule;
  readonly storage: HostStorage;
  readonly hostId: string;
  readonly clock: Clock;
  readonly log: HostLog;
  /** Whether the status is kept, so that a missed occurrence is made up for. */
  readonly isMonitored: boolean;
  readonly runOnStartup: boolean;
}

type Occasion = 'scheduled' | 'pastDue' | 'startup';

/**
 * Runs one timer function: one run at a time, on one host at a time.
 *
 * Source: azure-webjobs-sdk-extensions, TimerListener.
 */
export class TimerListener implements Listener {
  readonly #options: TimerListenerOptions;
  readonly #state: TimerState;
  readonly #stopping = new AbortController();
  #done: Promise<void> = Promise.resolve();
  #isFirstHold = true;

  constructor(options: TimerListenerOptions) {
    this.#options = options;
    this.#state = new TimerState(options.storage, options.hostId, options.target.definition.name);
  }

  /** Does not wait for the lease: another host may hold it for long. */
  async start(): Promise<void> {
    const { storage, hostId, target } = this.#options;
    const blob = await storage.hostBlob(`locks/${hostId}/Host.Functions.${target.definition.name}`);
    this.#done = whileHoldingBlob({
      blob,
      signal: this.#stopping.signal,
      report: (error) => {
        this.#warn(error);
      },
      run: (held) => this.#run(held),
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #run(held: AbortSignal): Promise<void> {
    let { status, occasion } = await this.#begin();
    do {
      if (occasion === 'scheduled') {
        const isDue = await pause(status.next - this.#options.clock.now(), held);
        if (!isDue) return;
      }
      status = await this.#fire(status, occasion, held);
      occasion = 'scheduled';
    } while (!held.aborted);
  }

  async #begin(): Promise<{ status: ScheduleStatus; occasion: Occasion }> {
    const { schedule, clock, isMonitored, runOnStartup } = this.#options;
    const now = clock.now();
    const occasion = runOnStartup && this.#isFirstHold ? 'startup' : 'scheduled';
    this.#isFirstHold = false;
    if (!isMonitored) return { status: firstStatus(schedule, now), occasion };
    const stored = await this.#attempt(() => this.#state.read());
    const status =
      stored === undefined ? firstStatus(schedule, now) : reviseStatus(schedule, stored, now);
    if (status !== stored) await this.#attempt(() => this.#state.write(status));
    return { status, occasion: now > status.next ? 'pastDue' : occasion };
  }

  async #fire(
    status: ScheduleStatus,
    occasion: Occasion,
    held: AbortSignal,
  ): Promise<ScheduleStatus> {
    const { target, schedule, clock, isMonitored } = this.#options;
    // A timer may fire a moment early: counted from there, the same occurrence would come twice.
    const firedAt = clock.now();
    const ranAt = occasion === 'scheduled' ? epochMs(Math.max(firedAt, status.next)) : firedAt;
    const timer = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: isMonitored ? toStatusJson(status) : null,
      IsPastDue: occasion === 'pastDue',
    };
    await target.invokeWithRetry({ data: ofJson(timer), metadata: {} }, held);
    const following = statusAfterRun(schedule, ranAt);
    if (isMonitored) await this.#attempt(() => this.#state.write(following));
    return following;
  }

  /** The status is kept as well as can be: without storage the timer still runs. */
  async #attempt<Value>(action: () => Promise<Value>): Promise<Value | undefined> {
    try {
      return await action();
    } catch (error) {
      this.#warn(error);
      return undefined;
    }
  }

  #warn(error: unknown): void {
    const { log, target } = this.#options;
    log.write('warning', `Function.${target.definition.name}`, `Timer: ${errorText(error)}`);
  }
}
