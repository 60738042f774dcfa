import { once } from 'node:events';
import type { ServiceBusClient, ServiceBusSessionReceiver } from '@azure/service-bus';
import type { Clock } from '../../../../shared/kernel/time.ts';
import type { HostLog } from '../../host-log.ts';
import { pause } from '../../pause.ts';
import type { ConnectionTarget } from '../../settings/connection.ts';
import type { ServiceBusOptions } from '../../settings/host-json.ts';
import { errorText } from '../../settings/host-problem.ts';
import type { PayloadOptions } from '../message-payload.ts';
import type { Listener, TriggeredFunction } from '../trigger-kind.ts';
import { consumeBatches } from './batch-consumer.ts';
import { ConcurrentConsumer } from './concurrent-consumer.ts';
import { MessageDispatcher } from './message-dispatcher.ts';
import { acceptSession, connectServiceBus, openReceiver } from './service-bus-client.ts';
import { entityPath, type ServiceBusEntity } from './service-bus-entity.ts';

/** The pause after an error of the connection, before the next try. */
const troublePauseMs = 1000;

export interface ServiceBusListenerOptions {
  readonly target: TriggeredFunction;
  readonly payload: PayloadOptions;
  readonly connection: ConnectionTarget;
  readonly entity: ServiceBusEntity;
  readonly hasSessions: boolean;
  readonly autoComplete: boolean;
  readonly bus: ServiceBusOptions;
  readonly clock: Clock;
  readonly log: HostLog;
}

/** Feeds one function from a queue or subscription, in one of four ways. */
export class ServiceBusListener implements Listener {
  readonly #options: ServiceBusListenerOptions;
  readonly #stopping = new AbortController();
  #client: ServiceBusClient | undefined;
  #done: Promise<unknown> = Promise.resolve();

  constructor(options: ServiceBusListenerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const client = await connectServiceBus(this.#options.connection);
    this.#client = client;
    const { hasSessions, payload, bus } = this.#options;
    if (!hasSessions) {
      this.#done =
        payload.cardinality === 'many' ? this.#runBatches(client) : this.#runOnes(client);
      return;
    }
    // A batch function serves one session at a time, as in the real host.
    const lanes = payload.cardinality === 'many' ? 1 : bus.maxConcurrentSessions;
    this.#done = Promise.all(Array.from({ length: lanes }, () => this.#runSessions(client)));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
    await this.#client?.close();
  }

  async #runOnes(client: ServiceBusClient): Promise<void> {
    const { entity, bus } = this.#options;
    const receiver = openReceiver(client, entity, bus.maxAutoLockRenewalDuration);
    const consumer = new ConcurrentConsumer(
      {
        receiver,
        dispatcher: this.#dispatcher(receiver),
        maxConcurrentCalls: bus.maxConcurrentCalls,
        onError: ({ error }) => {
          this.#warn(error);
        },
      },
      this.#now,
    );
    const { signal } = this.#stopping;
    if (!signal.aborted) await once(signal, 'abort');
    await consumer.stop();
  }

  /** Locks of a batch are not renewed, as in the real host. */
  async #runBatches(client: ServiceBusClient): Promise<void> {
    const { entity, bus } = this.#options;
    const { signal } = this.#stopping;
    const receiver = openReceiver(client, entity, 0);
    const dispatcher = this.#dispatcher(receiver);
    while (!signal.aborted) {
      try {
        const idleLimitMs = Number.POSITIVE_INFINITY;
        const now = this.#now;
        await consumeBatches({ receiver, dispatcher, bus, idleLimitMs, signal, now });
      } catch (error) {
        this.#warn(error);
        await pause(troublePauseMs, signal);
      }
    }
    await receiver.close();
  }

  async #runSessions(client: ServiceBusClient): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const session = await this.#accept(client);
      if (session === undefined) continue;
      try {
        await this.#serve(session);
      } catch (error) {
        this.#warn(error);
      } finally {
        await this.#attempt(() => session.close());
      }
    }
  }

  /** Undefined if no session has messages, or after trouble and a pause. */
  async #accept(client: ServiceBusClient): Promise<ServiceBusSessionReceiver | undefined> {
    const { entity, bus, payload } = this.#options;
    const { signal } = this.#stopping;
    const renewLockMs = payload.cardinality === 'many' ? 0 : bus.maxAutoLockRenewalDuration;
    // The SDK does not end a pending accept when it is aborted: the stop must not wait for it.
    const accepting = acceptSession(client, entity, { renewLockMs, signal });
    try {
      return await unlessAborted(accepting, signal);
    } catch (error) {
      const hasNone = error instanceof Error && 'code' in error && error.code === 'ServiceTimeout';
      if (!hasNone && !signal.aborted) {
        this.#warn(error);
        await pause(troublePauseMs, signal);
      }
      return undefined;
    }
  }

  async #serve(session: ServiceBusSessionReceiver): Promise<void> {
    const { bus, payload } = this.#options;
    const dispatcher = this.#dispatcher(session);
    const idleLimitMs = bus.sessionIdleTimeout;
    const { signal } = this.#stopping;
    if (payload.cardinality === 'many') {
      const receiver = session;
      const now = this.#now;
      await consumeBatches({ receiver, dispatcher, bus, idleLimitMs, signal, now });
      return;
    }
    const trouble = new AbortController();
    const consumer = new ConcurrentConsumer(
      {
        receiver: session,
        dispatcher,
        maxConcurrentCalls: bus.maxConcurrentCallsPerSession,
        onError: ({ error }) => {
          this.#warn(error);
          trouble.abort();
        },
      },
      this.#now,
    );
    await consumer.untilIdle(idleLimitMs, AbortSignal.any([signal, trouble.signal]));
    await consumer.stop();
  }

  #dispatcher(receiver: ConstructorParameters<typeof MessageDispatcher>[1]): MessageDispatcher {
    const { target, payload, autoComplete, log } = this.#options;
    const { dataType } = payload;
    return new MessageDispatcher({ target, dataType, autoComplete, log }, receiver);
  }

  readonly #now = (): number => this.#options.clock.now();

  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#warn(error);
    }
  }

  #warn(error: unknown): void {
    const { log, target, entity } = this.#options;
    const message = `Service Bus ${entityPath(entity)}: ${errorText(error)}`;
    log.write('warning', `Function.${target.definition.name}`, message);
  }
}

/** Waits for the work, but answers undefined at once when the signal is aborted. */
async function unlessAborted<Value>(
  work: Promise<Value>,
  signal: AbortSignal,
): Promise<Value | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const end = (): void => {
    resolve(undefined);
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
