import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { decodeReply, encodeCommand } from '../../../sagas/message-codec.ts';
import type { Command, Reply } from '../../../domain/messages.ts';
import { composeServices, type Services } from '../../../functions/compose.ts';
import type { ParticipantsDuty } from '../../../functions/compose/participants.ts';
import { entities } from '../../../functions/entities.ts';
import { startBroker, type Broker } from '../../../local/broker/server.ts';
import { parseServiceBusEntities } from '../../../local/broker/servicebus/entities/emulator-entities.ts';
import { readConfig } from '../../../shared/config/read-config.ts';
import { epochMs } from '../../../shared/kernel/time.ts';
import type { BusMessage } from '../../../shared/messaging/bus-message.ts';
import { busMessage } from '../../support/bus-messages.ts';
import { doCommand, orderData, undoCommand } from '../../support/commands.ts';
import { readLetters } from '../../support/dead-letters/read-letters.ts';

const silent = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };
const rules = [
  { order: 'TWICE-*', behaviour: 'answer-twice' },
  { order: 'SILENT-*', behaviour: 'silent' },
  { order: 'LATE-EFFECT-*', behaviour: 'late-effect', ms: 1 },
  { order: 'LATE-ANSWER-*', behaviour: 'answer-late', ms: 1 },
];

let broker: Broker;
let client: ServiceBusClient;
let services: Services;
let duty: ParticipantsDuty;

beforeAll(async () => {
  const file = 'local/config/service-bus.json';
  const defined = parseServiceBusEntities(readFileSync(file, 'utf8'), file);
  if (!defined.ok) throw new Error(defined.problem.join('\n'));
  broker = await startBroker({
    serviceBus: { entities: defined.value },
    eventHubs: {
      hubs: [{ name: entities.deadLettersHub, partitionCount: 2, consumerGroups: [] }],
    },
  });
  client = new ServiceBusClient(broker.serviceBus);
  const sample = JSON.parse(readFileSync('local.settings.sample.json', 'utf8')) as {
    readonly Values: Record<string, string>;
  };
  const config = readConfig({
    ...sample.Values,
    AzureWebJobsStorage: inject('storageConnection'),
    EventHubs: broker.eventHubs,
    ServiceBus: broker.serviceBus,
    participant_simulation: JSON.stringify(rules),
  });
  if (!config.ok) throw new Error(JSON.stringify(config.problem));
  services = composeServices(config.value, silent);
  duty = await services.participants();
});

afterAll(async () => {
  await services.close();
  await client.close();
  await broker.stop();
});

/** A command of an order that no other test has, which is still in time. */
function newCharge(prefix: string): Command {
  const sagaId = `${prefix}-${randomUUID()}`;
  const data = { ...orderData, order_id: sagaId };
  const charge = doCommand('charge-payment', { participant: 'payment', sagaId, data });
  return { ...charge, notAfter: epochMs(Date.now() + 60_000) };
}

function deliver(
  command: Command,
  properties: BusMessage['properties'] = new Map(),
): Promise<void> {
  const { body } = encodeCommand(command);
  return duty.handleMessage(command.participant, busMessage({ body, properties }));
}

async function messagesOf(queue: string, { sagaId }: Command, count: number) {
  const receiver = await client.acceptSession(queue, sagaId, { skipParsingBodyAsJson: true });
  const received = [];
  while (received.length < count) {
    const more = await receiver.receiveMessages(count, { maxWaitTimeInMs: 3_000 });
    if (more.length === 0) throw new Error(`only ${received.length} of ${count} messages came`);
    for (const message of more) await receiver.completeMessage(message);
    received.push(...more);
  }
  const extra = await receiver.receiveMessages(1, { maxWaitTimeInMs: 100 });
  await receiver.close();
  return [...received, ...extra];
}

async function repliesTo(command: Command, count = 1): Promise<readonly Reply[]> {
  const messages = await messagesOf(entities.repliesQueue, command, count);
  return messages.map(({ body }) => {
    const reply = decodeReply(body as Uint8Array);
    if (!reply.ok) throw new Error(reply.problem);
    return reply.value;
  });
}

describe('the participants', () => {
  it('answer a command and its copies with the same reply in the session of the saga', async () => {
    const command = newCharge('SO');
    await deliver(command);
    await deliver({ ...command, attempt: 2 });
    const [first, second] = await repliesTo(command, 2);
    expect(first).toMatchObject({ commandId: command.id, outcome: { kind: 'done' } });
    expect(second).toEqual(first);
  });

  it('undo what they did, and remember it across restarts', async () => {
    const command = newCharge('SO');
    await deliver(command);
    const { sagaId, data } = command;
    const undo = { participant: 'payment', sagaId, data } as const;
    await deliver(undoCommand('refund-payment', 'charge-payment', undo));
    const [, refunded] = await repliesTo(command, 2);
    expect(refunded?.outcome).toMatchObject({ data: { amount: '18.6', currency: 'BRL' } });
    const { handle } = await services.participants();
    const repeated = await handle(command);
    expect(repeated).toMatchObject({
      replies: [{ reply: { outcome: { code: 'command.compensated' } } }],
    });
  });

  it('make a dead letter of what is no command, and of one of another participant', async () => {
    const shipping = encodeCommand(doCommand('ship-order', { participant: 'shipping' })).body;
    const bodies = [Buffer.from('no command'), shipping];
    for (const [sequenceNumber, body] of bodies.entries()) {
      await duty.handleMessage('payment', busMessage({ sequenceNumber, body }));
    }
    const letters = await readLetters(broker.eventHubs);
    const texts = letters.map(({ body }) => Buffer.from(body).toString());
    expect(new Set(texts)).toEqual(new Set(bodies.map((body) => Buffer.from(body).toString())));
    for (const { head } of letters) {
      expect(head).toMatchObject({ origin: 'payment-commands', stage: 'handle' });
      expect(head.rejection).toMatchObject({
        category: 'processing',
        violations: [{ code: 'message.refused' }],
      });
    }
  });

  it('answer twice, late or not at all when they are told to', async () => {
    const [twice, late, silently] = ['TWICE', 'LATE-ANSWER', 'SILENT'].map(newCharge);
    for (const command of [twice, late, silently]) if (command) await deliver(command);
    if (!twice || !late || !silently) throw new Error('there are three commands');
    expect(await repliesTo(twice, 2)).toHaveLength(2);
    expect(await repliesTo(late)).toHaveLength(1);
    const handled = await duty.handle(silently);
    expect(handled).toEqual({ kind: 'handled', replies: [] });
    expect(await repliesTo(silently, 0)).toEqual([]);
  });

  it('put a command off when they are told to, once', async () => {
    const command = newCharge('LATE-EFFECT');
    await deliver(command);
    const [again] = await messagesOf(entities.commandQueues.payment, command, 1);
    expect(again?.applicationProperties).toMatchObject({ postponed: true });
    const properties = new Map(Object.entries(again?.applicationProperties ?? {}));
    await duty.handleMessage(
      'payment',
      busMessage({ body: again?.body as Uint8Array, properties }),
    );
    expect(await repliesTo(command)).toMatchObject([{ outcome: { kind: 'done' } }]);
  });
});
