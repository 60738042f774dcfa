import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventHubProducerClient } from '@azure/event-hubs';
import type {
  ServiceBusClient,
  ServiceBusMessage,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
} from '@azure/service-bus';
import { ContainerClient } from '@azure/storage-blob';
import { encodeLetter } from '../../../shared/messaging/dead-letters/letter-codec.ts';
import type { DeadMessage } from '../../../shared/ports/dead-letters.ts';
import { salesOrder } from '../events.ts';
import type { Runtime } from '../runtime.ts';

/** Entities that let a test see within seconds what takes minutes elsewhere. */
export const shortLives = { lockSeconds: 5, maxDeliveryCount: 2 };

/** A queue of another system: no function of ours reads it, only its dead letters. */
export const foreignQueue = 'legacy-orders';

/** The project's own entities with short lives, and the queue of another system. */
export async function withShortLives(file: string): Promise<string> {
  const text = await readFile(file, 'utf8');
  const { lockSeconds, maxDeliveryCount } = shortLives;
  const foreign = {
    Name: foreignQueue,
    Properties: {
      DeadLetteringOnMessageExpiration: true,
      LockDuration: 'PT1M',
      MaxDeliveryCount: 10,
    },
  };
  return text
    .replace(/"Queues":\s*\[/, (begin) => `${begin}${JSON.stringify(foreign)},`)
    .replaceAll(/"LockDuration":\s*"PT1M"/g, `"LockDuration": "PT${lockSeconds}S"`)
    .replaceAll(/"MaxDeliveryCount":\s*10/g, `"MaxDeliveryCount": ${maxDeliveryCount}`);
}

/** A message with an event, or with bytes of any kind. */
export function deadlyMessage(
  body: unknown,
  more: Partial<ServiceBusMessage> = {},
): ServiceBusMessage {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  return { body: Buffer.from(bytes), contentType: 'application/cloudevents+json', ...more };
}

type End = (receiver: ServiceBusReceiver, received: ServiceBusReceivedMessage) => Promise<void>;

/** How a delivery ends that nobody completes. */
export const ends = {
  abandon: (receiver, received) => receiver.abandonMessage(received),
  loseLock: () => sleep(shortLives.lockSeconds * 1_000 + 500),
} as const satisfies Readonly<Record<string, End>>;

/** Has every delivery of an event to a subscription end in the same way, at a consumer of the test. */
export async function failInSubscription(
  bus: ServiceBusClient,
  event: { readonly id: string },
  end: End,
): Promise<void> {
  const sent = { sessionId: event.id, applicationProperties: { participant: 'payment' } };
  await bus.createSender('saga-events').sendMessages(deadlyMessage(event, sent));
  // The client renews the lock of a session for minutes if it is not told otherwise.
  const options = { maxAutoLockRenewalDurationInMs: 0 };
  await failDeliveries(() => bus.acceptSession('saga-events', 'payment', event.id, options), end);
}

/** As `failInSubscription`, in a queue without sessions. */
export async function failInQueue(
  bus: ServiceBusClient,
  event: { readonly id: string },
  end: End,
): Promise<void> {
  await bus.createSender(foreignQueue).sendMessages(deadlyMessage(event));
  await failDeliveries(() => Promise.resolve(bus.createReceiver(foreignQueue)), end);
}

async function failDeliveries(open: () => Promise<ServiceBusReceiver>, end: End): Promise<void> {
  for (let times = 0; times < shortLives.maxDeliveryCount; times += 1) {
    const receiver = await open();
    const [received] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
    if (received !== undefined) await end(receiver, received);
    await receiver.close();
  }
}

/** Has a consumer of the test reject messages, with a reason that nobody knows or with none. */
export async function rejectInQueue(
  bus: ServiceBusClient,
  queue: string,
  {
    sent,
    reason,
  }: { readonly sent: readonly ServiceBusMessage[]; readonly reason: string | undefined },
): Promise<void> {
  const sessionId = `hostile-${Math.random()}`;
  const isForeign = queue === foreignQueue;
  await bus
    .createSender(queue)
    .sendMessages(sent.map((one) => (isForeign ? one : { ...one, sessionId })));
  const receiver = isForeign
    ? bus.createReceiver(queue)
    : await bus.acceptSession(queue, sessionId);
  for (const received of await receiver.receiveMessages(sent.length, { maxWaitTimeInMs: 5_000 })) {
    await receiver.deadLetterMessage(
      received,
      reason === undefined
        ? undefined
        : { deadLetterReason: reason, deadLetterErrorDescription: 'said the consumer' },
    );
  }
  await receiver.close();
}

/** An event as Event Grid describes it in a blob. */
export function undeliverable(reason: string) {
  return {
    ...salesOrder(),
    deadletterreason: reason,
    deliveryattempts: 30,
    lastdeliveryoutcome: 'Unauthorized',
  };
}

/** Puts a blob where Event Grid puts events that it could not deliver. */
export async function uploadUndeliverable(
  { storage }: Runtime,
  name: string,
  text: string,
): Promise<void> {
  const container = new ContainerClient(storage, 'deadletter');
  await container.createIfNotExists();
  await container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
}

/** Sends messages straight to the hub of dead letters. */
export async function sendToHub(
  { eventHubs }: Runtime,
  bodies: readonly (Uint8Array | DeadMessage)[],
): Promise<void> {
  const hub = new EventHubProducerClient(eventHubs, 'dead-letters');
  for (const one of bodies) {
    const event =
      one instanceof Uint8Array ? { body: one, properties: new Map() } : encodeLetter(one);
    const properties = Object.fromEntries(event.properties) as Record<string, string>;
    await hub.sendBatch([{ body: Buffer.from(event.body), properties }]);
  }
  await hub.close();
}
