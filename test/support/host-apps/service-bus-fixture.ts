import { startBroker, type Broker } from '../../../local/broker/server.ts';
import type { NamespaceDefinition } from '../../../local/broker/servicebus/entities/entity-definitions.ts';
import { parseServiceBusEntities } from '../../../local/broker/servicebus/entities/emulator-entities.ts';
import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import type { TestContext } from 'vitest';
import { createSampleApp, HostProcess, type SampleApp } from './host-process.ts';

/** What the sample app logs when a function begins. */
export interface Start {
  readonly ids: readonly string[];
  readonly deliveryCounts: readonly number[];
  readonly at: number;
}

/** A message that tells the sample app what to do. */
export interface Sent {
  readonly id: string;
  /** How many deliveries fail. */
  readonly fail?: number;
  /** Milliseconds. */
  readonly takes?: number;
  /** Waits until so many invocations run, and ends in one tick with them. */
  readonly meet?: number;
}

/** How long the broker locks a message: the shortest time that the emulator's file allows. */
export const lockMs = 5000;

/** A queue of the emulator's file with short locks and three deliveries. */
export function shortLockQueue(name: string, requiresSession = false): object {
  const Properties = {
    LockDuration: `PT${lockMs / 1000}S`,
    MaxDeliveryCount: 3,
    RequiresSession: requiresSession,
  };
  return { Name: name, Properties };
}

export function toMessage(sent: Sent, sessionId?: string): ServiceBusMessage {
  const body = Buffer.from(JSON.stringify(sent));
  return { body, messageId: sent.id, ...(sessionId !== undefined && { sessionId }) };
}

export function startsOf(host: HostProcess): Start[] {
  return host.records<Start>('start');
}

export function doneIds(host: HostProcess): string[] {
  return host.records<{ readonly ids: string[] }>('done').flatMap(({ ids }) => ids);
}

function parseEntities(entities: object): NamespaceDefinition {
  const config = { UserConfig: { Namespaces: [{ Name: 'sbemulatorns', ...entities }] } };
  const definition = parseServiceBusEntities(JSON.stringify(config), 'test');
  if (!definition.ok) throw new Error(definition.problem.join('\n'));
  return definition.value;
}

/** A broker, the sample app, and hosts that run it. */
export class ServiceBusFixture {
  readonly client: ServiceBusClient;
  readonly #broker: Broker;
  readonly #app: SampleApp;

  private constructor(broker: Broker, app: SampleApp) {
    this.#broker = broker;
    this.#app = app;
    this.client = new ServiceBusClient(broker.serviceBus);
  }

  /** @param entities queues and topics as in the emulator's file */
  static async open(entities: object): Promise<ServiceBusFixture> {
    const broker = await startBroker({ serviceBus: { entities: parseEntities(entities) } });
    const serviceBus = { maxConcurrentCalls: 8, sessionIdleTimeout: '00:00:01' };
    const app = await createSampleApp('service-bus-app.mjs', { extensions: { serviceBus } });
    return new ServiceBusFixture(broker, app);
  }

  /** Starts a host that ends with the test. @param functions names of functions of the sample app */
  async start(
    { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
    [queue, functions]: readonly [queue: string, functions: string],
    settings: Record<string, string> = {},
  ): Promise<HostProcess> {
    const host = await HostProcess.start(this.#app.directory, {
      Bus: this.#broker.serviceBus,
      QueueName: queue,
      Run: functions,
      ...settings,
    });
    onTestFinished(async () => {
      await host.end();
    });
    return host;
  }

  async send(entity: string, messages: readonly ServiceBusMessage[]): Promise<void> {
    const sender = this.client.createSender(entity);
    await sender.sendMessages([...messages]);
    await sender.close();
  }

  /** How many messages a queue holds. A client peeks on from where it was: each call has its own. */
  async depth(queue: string, subQueueType?: 'deadLetter'): Promise<number> {
    const peeking = new ServiceBusClient(this.#broker.serviceBus);
    const receiver = peeking.createReceiver(queue, subQueueType ? { subQueueType } : {});
    const messages = await receiver.peekMessages(1000);
    await peeking.close();
    return messages.length;
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.#broker.stop();
    await this.#app.remove();
  }
}
