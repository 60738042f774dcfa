import {
  ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
  type ServiceBusReceiverOptions,
} from '@azure/service-bus';
import { afterEach } from 'vitest';
import { startBroker } from '../../../../../local/broker/server.ts';
import { parseServiceBusEntities } from '../../../../../local/broker/servicebus/entities/emulator-entities.ts';
import type { ServiceBusOptions } from '../../../../../local/broker/servicebus/namespace.ts';

import { startProxy } from './breakable-proxy.ts';
import { epochMs, type Clock } from '../../../../../shared/kernel/time.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Queues and topics as the emulator's file writes them. */
export interface Entities {
  readonly Queues?: readonly Json[];
  readonly Topics?: readonly Json[];
}

export interface Broker {
  readonly port: number;
  readonly client: ServiceBusClient;
  /** A client with a connection of its own; closed with the broker. */
  readonly connect: () => ServiceBusClient;
  /** Lets the broker's time jump ahead; what became due has happened when it returns. */
  readonly passTime: (ms: number) => Promise<void>;
  /** A client whose connection can be cut, as if its process had crashed. */
  readonly connectBreakable: () => Promise<{
    readonly client: ServiceBusClient;
    readonly cut: () => Promise<void>;
  }>;
  /** What went wrong on connections; empty unless a test breaks one. */
  readonly problems: readonly string[];
}

/** Longer than the broker takes to notice that time has passed. */
const settlingMs = 60;

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A queue with these properties. */
export function queue(name: string, properties: Json = {}): Json {
  return { Name: name, Properties: properties };
}

/** Receives under a lock that the client does not renew by itself. */
export const noRenewal: ServiceBusReceiverOptions = { maxAutoLockRenewalDurationInMs: 0 };

/** A wall clock that a test can put forward. */
class JumpingClock implements Clock {
  aheadMs = 0;

  now(): ReturnType<Clock['now']> {
    return epochMs(Date.now() + this.aheadMs);
  }
}

/** Starts a broker on a free port; it is closed after the test, with every client of it. */
export async function startServiceBus(
  entities: Entities,
  options: Pick<ServiceBusOptions, 'maxMessageBytes'> = {},
): Promise<Broker> {
  const clock = new JumpingClock();
  const problems: string[] = [];
  const broker = await startBroker({
    serviceBus: { entities: define(entities), clock, ...options },
    onProblem: ({ fault, description }) => problems.push(`${fault}: ${description}`),
  });
  closing.push(() => broker.stop());
  const connectTo = (connectionString: string): ServiceBusClient => {
    const client = new ServiceBusClient(connectionString, {
      retryOptions: { maxRetries: 0, timeoutInMs: 5_000 },
    });
    closing.push(() => client.close());
    return client;
  };
  const connect = (): ServiceBusClient => connectTo(broker.serviceBus);
  const port = Number(/:(\d+);/.exec(broker.serviceBus)?.[1]);
  return {
    port,
    client: connect(),
    connect,
    problems,
    connectBreakable: async () => {
      const proxy = await startProxy(port);
      const throughProxy = broker.serviceBus.replace(`:${port};`, `:${proxy.port};`);
      return { client: connectTo(throughProxy), cut: () => proxy.cut() };
    },
    passTime: async (ms) => {
      clock.aheadMs += ms;
      await new Promise((resolve) => setTimeout(resolve, settlingMs));
    },
  };
}

function define(entities: Entities): ServiceBusOptions['entities'] {
  const namespace = { Name: 'sbemulatorns', ...entities };
  const text = JSON.stringify({ UserConfig: { Namespaces: [namespace] } });
  const definition = parseServiceBusEntities(text, 'test');
  if (!definition.ok) throw new Error(definition.problem.join('\n'));
  return definition.value;
}

/** Receives exactly this many messages, or fails. */
export async function receive(
  receiver: ServiceBusReceiver,
  count: number,
): Promise<readonly ServiceBusReceivedMessage[]> {
  const messages: ServiceBusReceivedMessage[] = [];
  while (messages.length < count) {
    const wanted = count - messages.length;
    const more = await receiver.receiveMessages(wanted, { maxWaitTimeInMs: 3_000 });
    if (more.length === 0) throw new Error(`only ${messages.length} of ${count} messages came`);
    messages.push(...more);
  }
  return messages;
}

/** Receives exactly one message, or fails. */
export async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receive(receiver, 1);
  if (message === undefined) throw new Error('no message came');
  return message;
}

/** All messages of an entity, by a client that has not peeked before: a client goes on from there. */
export async function peekAll(
  { connect }: Broker,
  path: string,
): Promise<readonly ServiceBusReceivedMessage[]> {
  const client = connect();
  const found = await client.createReceiver(path).peekMessages(100);
  await client.close();
  return found;
}

/** What is there at once, without waiting for more. */
export async function receiveNone(
  receiver: ServiceBusReceiver,
): Promise<readonly ServiceBusReceivedMessage[]> {
  return receiver.receiveMessages(1, { maxWaitTimeInMs: 150 });
}

export function sequenceOf(
  message: ServiceBusReceivedMessage,
): NonNullable<ServiceBusReceivedMessage['sequenceNumber']> {
  if (message.sequenceNumber === undefined) throw new Error('a message has a sequence number');
  return message.sequenceNumber;
}

export function bodies(messages: readonly ServiceBusReceivedMessage[]): readonly unknown[] {
  return messages.map(({ body }) => body as unknown);
}
