import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import type { ServiceBusOptions } from '../../settings/host-json.ts';
import { MessageBuffer } from '../message-buffer.ts';
import type { MessageDispatcher } from './message-dispatcher.ts';

/**
 * How long one receive waits. The SDK holds messages back until this has passed, hoping for more,
 * where the .NET client answers at once: short, so that the difference is small.
 */
const receiveWaitMs = 250;

export interface BatchConsumerOptions {
  readonly receiver: ServiceBusReceiver;
  readonly dispatcher: MessageDispatcher;
  readonly bus: ServiceBusOptions;
  /** Ends the consuming after so long without messages; infinite but for sessions. */
  readonly idleLimitMs: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

/**
 * Takes batches from a receiver, one at a time, and gives each to the function.
 *
 * Resolves when the signal is aborted or nothing has come for the idle limit; messages that were
 * kept for a fuller batch are handed over before. Errors: those of the receiver.
 */
export async function consumeBatches(options: BatchConsumerOptions): Promise<void> {
  const { receiver, dispatcher, bus, signal, now, idleLimitMs } = options;
  const { minMessageBatchSize: minimum, maxMessageBatchSize: maximum } = bus;
  const buffer = new MessageBuffer<ServiceBusReceivedMessage>(minimum, maximum);
  let [idleSince, gatheringSince] = [now(), now()];
  while (!signal.aborted && now() - idleSince < idleLimitMs) {
    const messages = await receiver.receiveMessages(maximum, { maxWaitTimeInMs: receiveWaitMs });
    buffer.add(messages);
    const hasWaited = now() - gatheringSince >= bus.maxBatchWaitTime;
    const batch = hasWaited ? buffer.takeAny() : buffer.takeFull();
    if (batch.length > 0) await dispatcher.handleBatch(batch);
    if (messages.length > 0) idleSince = now();
    if (buffer.isEmpty) gatheringSince = now();
  }
  while (!buffer.isEmpty) await dispatcher.handleBatch(buffer.takeAny());
}
