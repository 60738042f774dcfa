import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readTyped,
  typedNull,
  unwrap,
  wrapBinary,
  wrapBoolean,
  wrapDouble,
  wrapInt,
  wrapList,
  wrapLong,
  wrapLongArray,
  wrapMap,
  wrapString,
  wrapTimestamp,
  wrapUuid,
  writeTyped,
  type Typed,
} from '../../../../../../local/broker/amqp/index.ts';
import { decodeTransfer } from '../../../../../../local/broker/servicebus/codec/decode-message.ts';
import { encodeMessage } from '../../../../../../local/broker/servicebus/codec/encode-message.ts';
import { parseServiceBusEntities } from '../../../../../../local/broker/servicebus/entities/emulator-entities.ts';
import { EntityTree } from '../../../../../../local/broker/servicebus/entities/entity-tree.ts';
import { managementHandler } from '../../../../../../local/broker/servicebus/management/management-node.ts';
import { noon } from '../../../../../unit/local/broker/servicebus/messages.ts';

const operations = [
  ...['renew-lock', 'peek-message', 'receive-by-sequence-number', 'update-disposition'],
  ...['schedule-message', 'cancel-scheduled-message', 'batch-delete-messages'],
  ...['renew-session-lock', 'get-session-state', 'set-session-state', 'get-message-sessions'],
  ...['enumerate-rules', 'add-rule', 'remove-rule', 'fly'],
].map((name) => `com.microsoft:${name}`);

const keys = fc.constantFrom(
  ...['lock-tokens', 'from-sequence-number', 'message-count', 'session-id', 'omit-message-body'],
  ...['sequence-numbers', 'receiver-settle-mode', 'disposition-status', 'properties-to-modify'],
  ...['messages', 'message', 'enqueued-time-utc', 'session-state', 'last-updated-time', 'skip'],
  ...['top', 'rule-name', 'rule-description', 'sql-filter', 'correlation-filter', 'expression'],
  ...['sql-rule-action', 'properties', 'label', '__proto__', 'constructor'],
);

const uuid = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes));

const { value } = fc.letrec<{ value: Typed }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant(typedNull),
    fc.boolean().map(wrapBoolean),
    fc.integer().map(wrapInt),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(wrapLong),
    fc.double().map(wrapDouble),
    fc.string().map(wrapString),
    fc.constantFrom('completed', 'abandoned', 'defered', 'suspended', '1=1').map(wrapString),
    fc.integer().map(wrapTimestamp),
    fc.uint8Array().map((bytes) => wrapBinary(Buffer.from(bytes))),
    uuid.map(wrapUuid),
    fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 4 }).map(wrapLongArray),
    fc.array(uuid, { minLength: 1, maxLength: 3 }).map((uuids) => wrapList(uuids.map(wrapUuid))),
    fc.array(tie('value'), { maxLength: 4 }).map(wrapList),
    fc.array(fc.tuple(keys, tie('value')), { maxLength: 4 }).map((entries) => wrapMap(entries)),
  ),
}));

const body = fc
  .array(fc.tuple(keys, value), { maxLength: 8 })
  .map((entries) => wrapMap(entries))
  .map((map) => readTyped(writeTyped(map)))
  .map((read) => (read.ok ? read.value : typedNull));

function timestampBytes(ms: bigint): Buffer {
  const bytes = Buffer.alloc(9, 0x83);
  bytes.writeBigInt64BE(ms, 1);
  return bytes;
}

/** An encoded map with one entry. */
function mapOfOne(key: string, encoded: Buffer): Buffer {
  const name = Buffer.from(key);
  const entry = Buffer.concat([Buffer.from([0xa3, name.length]), name, encoded]);
  return Buffer.concat([Buffer.from([0xc1, entry.length + 1, 2]), entry]);
}

function openTree(): EntityTree {
  const text = JSON.stringify({
    UserConfig: {
      Namespaces: [
        {
          Name: 'n',
          Queues: [{ Name: 'q' }, { Name: 'ordered', Properties: { RequiresSession: true } }],
          Topics: [{ Name: 't', Subscriptions: [{ Name: 's' }] }],
        },
      ],
    },
  });
  const parsed = parseServiceBusEntities(text, 'test');
  if (!parsed.ok) throw new Error(parsed.problem.join('\n'));
  return new EntityTree(parsed.value, { newId: () => '00000000-0000-0000-0000-000000000000' });
}

describe('Hostile input', () => {
  it('gets an answer from the management node, whatever the request is', async () => {
    const paths = fc.constantFrom('q', 'ordered', 't', 't/subscriptions/s', 'q/$DeadLetterQueue');
    const tree = openTree();
    const context = {
      entities: tree,
      clock: { now: () => noon },
      newId: () => '00000000-0000-0000-0000-000000000000',
      maxMessageBytes: 1000,
    };
    const request = fc.record({ path: paths, operation: fc.constantFrom(...operations), body });
    await fc.assert(
      fc.asyncProperty(request, async ({ path, operation, body: given }) => {
        const entity = tree.find(path);
        if (entity === undefined) throw new Error(`${path} is missing`);
        const response = await managementHandler(
          entity,
          context,
        )({
          connectionId: 'c',
          applicationProperties: new Map([['operation', wrapString(operation)]]),
          body: given,
          message: [],
        });
        const status = unwrap(response.applicationProperties.get('statusCode') ?? typedNull);
        expect(status).toBeGreaterThanOrEqual(200);
        expect(readTyped(writeTyped(response.body)).ok).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  it('is refused as a message or can be delivered, whatever the bytes are', () => {
    const instant = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(timestampBytes);
    const content = fc.oneof(
      { weight: 4, arbitrary: value.map(writeTyped) },
      { weight: 1, arbitrary: instant.map((bytes) => mapOfOne('x-opt-enqueued', bytes)) },
      {
        weight: 1,
        arbitrary: instant.map((bytes) => mapOfOne('x-opt-scheduled-enqueue-time', bytes)),
      },
    );
    const code = fc.integer({ min: 0x70, max: 0x78 });
    const section = fc
      .tuple(code, content)
      .map(([kind, bytes]) => Buffer.concat([Buffer.from([0x00, 0x53, kind]), bytes]));
    const payloads = fc.oneof(
      fc.array(section, { maxLength: 5 }).map((sections) => Buffer.concat(sections)),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    );
    const ids = { newId: () => 'id' };
    fc.assert(
      fc.property(payloads, fc.constantFrom(0, 0x80013700), (payload, format) => {
        const messages = decodeTransfer({ format, payload }, ids);
        if (!messages.ok) return;
        for (const message of messages.value) {
          const encoded = encodeMessage({
            sequenceNumber: 1,
            enqueuedSequenceNumber: 1,
            enqueuedAt: noon,
            expiresAt: undefined,
            deadLetterSource: undefined,
            hops: 0,
            message,
            state: 'active',
            deliveryCount: 0,
            lockToken: undefined,
          });
          expect(decodeTransfer({ format: 0, payload: encoded }, ids).ok).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
