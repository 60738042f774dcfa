import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import type { HostLog } from '../../host-log.ts';
import { messageTraceParent } from '../../invocation/trace-parent.ts';
import { errorText } from '../../settings/host-problem.ts';
import { toPayload, toPayloads, type DataType } from '../message-payload.ts';
import type { TriggeredFunction } from '../trigger-kind.ts';
import { messageMetadata, messagesMetadata } from './message-metadata.ts';
import { SettlementLane, type Settlement } from './settlement-lane.ts';

export interface DispatcherOptions {
  readonly target: TriggeredFunction;
  readonly dataType: DataType;
  /** Whether messages are completed when the function has succeeded. */
  readonly autoComplete: boolean;
  readonly log: HostLog;
}

/**
 * Hands messages of one receiver to the function and settles them: success completes, a throw
 * abandons at once, and of a batch *all* messages together. There is no pause before the next
 * delivery, and no retry policy: the delivery count is the limit.
 *
 * Source: azure-sdk-for-net, ServiceBusListener.
 */
export class MessageDispatcher {
  readonly #options: DispatcherOptions;
  readonly #receiver: ServiceBusReceiver;
  readonly #lane = new SettlementLane();

  constructor(options: DispatcherOptions, receiver: ServiceBusReceiver) {
    this.#options = options;
    this.#receiver = receiver;
  }

  /** Never throws: what cannot be settled is delivered again when its lock has expired. */
  async handleOne(message: ServiceBusReceivedMessage): Promise<void> {
    const data = toPayload(message.body, this.#options.dataType);
    const metadata = messageMetadata(message);
    const traceParent = messageTraceParent(message.applicationProperties);
    const outcome = await this.#options.target.invoke({ data, metadata, traceParent });
    await this.#settle(outcome.ok, [message]);
  }

  /** Never throws, as for one message. */
  async handleBatch(messages: readonly ServiceBusReceivedMessage[]): Promise<void> {
    const bodies = messages.map(({ body }): unknown => body);
    const data = toPayloads(bodies, this.#options.dataType);
    const metadata = messagesMetadata(messages);
    const outcome = await this.#options.target.invoke({ data, metadata });
    await this.#settle(outcome.ok, messages);
  }

  async #settle(
    hasSucceeded: boolean,
    messages: readonly ServiceBusReceivedMessage[],
  ): Promise<void> {
    if (hasSucceeded && !this.#options.autoComplete) return;
    const settlement = hasSucceeded ? 'complete' : 'abandon';
    await Promise.all(messages.map((message) => this.#settleOne(settlement, message)));
  }

  async #settleOne(settlement: Settlement, message: ServiceBusReceivedMessage): Promise<void> {
    try {
      await this.#lane.settle(settlement, async () => {
        await (settlement === 'complete'
          ? this.#receiver.completeMessage(message)
          : this.#receiver.abandonMessage(message));
      });
    } catch (error) {
      const { log, target } = this.#options;
      const what = `Message ${message.sequenceNumber?.toString() ?? '?'}: ${settlement} failed`;
      log.write('warning', `Function.${target.definition.name}`, `${what}: ${errorText(error)}`);
    }
  }
}
