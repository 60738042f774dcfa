import type { PartitionContext, ReceivedEventData } from '@azure/event-hubs';
import type { HostLog } from '../../host-log.ts';
import { messageTraceParent } from '../../invocation/trace-parent.ts';
import { pause } from '../../pause.ts';
import type { EventHubsOptions } from '../../settings/host-json.ts';
import { errorText } from '../../settings/host-problem.ts';
import { MessageBuffer } from '../message-buffer.ts';
import { toPayload, toPayloads, type PayloadOptions } from '../message-payload.ts';
import type { TriggeredFunction } from '../trigger-kind.ts';
import { batchMetadata, eventMetadata } from './event-metadata.ts';

export interface PartitionWorkerOptions {
  readonly target: TriggeredFunction;
  readonly payload: PayloadOptions;
  readonly hub: EventHubsOptions;
  readonly context: PartitionContext;
  /** Aborted when the listener stops. */
  readonly stopping: AbortSignal;
  readonly log: HostLog;
}

/** The SDK ends the pump of a partition whose handler throws an error of this code. */
class OwnershipLostError extends Error {
  override readonly name = 'OwnershipLostError';
  readonly code = 'ReceiverDisconnectedError';
}

/**
 * Hands the events of one partition to the function, and writes checkpoints: after the invocation,
 * *whether it has succeeded or not*, unless the listener stops or the partition is another host's.
 *
 * Source: azure-sdk-for-net, EventHubListener.PartitionProcessor.
 */
export class PartitionWorker {
  readonly #options: PartitionWorkerOptions;
  readonly #lost = new AbortController();
  readonly #cancelled: AbortSignal;
  readonly #buffer: MessageBuffer<ReceivedEventData>;
  #batchesSinceCheckpoint = 0;
  #isFirstBatch = true;
  #timer: AbortController | undefined;
  /** The end of all work so far: one batch at a time. */
  #tail: Promise<void> = Promise.resolve();

  constructor(options: PartitionWorkerOptions) {
    this.#options = options;
    this.#cancelled = AbortSignal.any([options.stopping, this.#lost.signal]);
    const { minEventBatchSize, maxEventBatchSize } = options.hub;
    this.#buffer = new MessageBuffer(minEventBatchSize, maxEventBatchSize);
  }

  /** Resolves when the events are done with, or are kept for a fuller batch. */
  async take(events: readonly ReceivedEventData[]): Promise<void> {
    await this.#inTurn(async () => {
      const needsFullBatch = this.#isGathering;
      this.#buffer.add(events);
      await this.#handle(needsFullBatch ? this.#buffer.takeFull() : this.#buffer.takeAny());
      if (!this.#buffer.isEmpty) this.#startTimer();
    });
    if (this.#lost.signal.aborted) {
      throw new OwnershipLostError('The partition belongs to another host now.');
    }
  }

  /** Ends the retries of a running batch and forbids further checkpoints. */
  lose(): void {
    this.#lost.abort();
  }

  /** Resolves when nothing runs any more. Events that were kept are read again by the next owner. */
  async close(): Promise<void> {
    this.#timer?.abort();
    await this.#tail;
  }

  get #isGathering(): boolean {
    const { hub, payload } = this.#options;
    return payload.cardinality === 'many' && hub.minEventBatchSize > 1;
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#tail.then(() => (this.#cancelled.aborted ? undefined : work()));
    // The tail must not fail: the caller of this turn hears of it.
    this.#tail = turn.catch(() => undefined);
    await turn;
  }

  async #handle(batch: readonly ReceivedEventData[]): Promise<void> {
    if (batch.length === 0) return;
    this.#timer?.abort();
    this.#timer = undefined;
    this.#isFirstBatch = false;
    const { payload, target, context } = this.#options;
    const last = batch.at(-1);
    if (payload.cardinality === 'many') {
      const data = toPayloads(
        batch.map(({ body }): unknown => body),
        payload.dataType,
      );
      const metadata = batchMetadata(batch, context);
      await target.invokeWithRetry({ data, metadata }, this.#cancelled);
    } else {
      await this.#handleOneByOne(batch);
    }
    if (last !== undefined) await this.#checkpoint(last);
  }

  async #handleOneByOne(batch: readonly ReceivedEventData[]): Promise<void> {
    const { payload, target, context } = this.#options;
    for (const event of batch) {
      if (this.#cancelled.aborted) return;
      const data = toPayload(event.body, payload.dataType);
      const metadata = eventMetadata(event, context);
      const traceParent = messageTraceParent(event.properties);
      await target.invokeWithRetry({ data, metadata, traceParent }, this.#cancelled);
    }
  }

  async #checkpoint(event: ReceivedEventData): Promise<void> {
    this.#batchesSinceCheckpoint += 1;
    const isDue = this.#batchesSinceCheckpoint >= this.#options.hub.batchCheckpointFrequency;
    if (!isDue || this.#cancelled.aborted) return;
    try {
      await this.#options.context.updateCheckpoint(event);
      this.#batchesSinceCheckpoint = 0;
    } catch (error) {
      // The next batch tries again: until then only more would be delivered twice.
      this.#warn(`no checkpoint: ${errorText(error)}`);
    }
  }

  /** The first batch of a new owner does not wait: nobody knows how long its events have waited. */
  #startTimer(): void {
    if (this.#timer !== undefined) return;
    const timer = new AbortController();
    this.#timer = timer;
    const waitMs = this.#isFirstBatch ? 0 : this.#options.hub.maxWaitTime;
    const signal = AbortSignal.any([timer.signal, this.#cancelled]);
    void pause(waitMs, signal).then((isDue) => (isDue ? this.#handleWaiting() : undefined));
  }

  async #handleWaiting(): Promise<void> {
    try {
      await this.#inTurn(async () => {
        await this.#handle(this.#buffer.takeAny());
        if (!this.#buffer.isEmpty) this.#startTimer();
      });
    } catch (error) {
      // No caller waits for this batch: without a checkpoint it is read again.
      this.#warn(errorText(error));
    }
  }

  #warn(message: string): void {
    const { log, target, context } = this.#options;
    const place = `Function.${target.definition.name}`;
    log.write('warning', place, `Partition ${context.partitionId}: ${message}`);
  }
}
