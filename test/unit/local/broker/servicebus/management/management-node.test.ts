import { describe, expect, it } from 'vitest';
import {
  encodeSection,
  joinMessage,
  listItems,
  mapEntries,
  propertiesSection,
  readTyped,
  typedNull,
  unwrap,
  wrapBinary,
  wrapBoolean,
  wrapInt,
  wrapList,
  wrapLongArray,
  wrapMap,
  wrapString,
  wrapTimestamp,
  wrapUint,
  writeTyped,
  type Response,
  type Typed,
} from '../../../../../../local/broker/amqp/index.ts';
import { parseServiceBusEntities } from '../../../../../../local/broker/servicebus/entities/emulator-entities.ts';
import { EntityTree } from '../../../../../../local/broker/servicebus/entities/entity-tree.ts';
import { managementHandler } from '../../../../../../local/broker/servicebus/management/management-node.ts';
import { at, noon } from '../messages.ts';

const entities = {
  Queues: [{ Name: 'q' }, { Name: 'ordered', Properties: { RequiresSession: true } }],
  Topics: [{ Name: 't', Subscriptions: [{ Name: 's' }] }],
};

type Ask = (
  operation: string,
  body: Readonly<Record<string, Typed>>,
) => Promise<{ readonly status: unknown; readonly condition: unknown; readonly body: Typed }>;

function open(path: string): { readonly tree: EntityTree; readonly ask: Ask } {
  const parsed = parseServiceBusEntities(
    JSON.stringify({ UserConfig: { Namespaces: [{ Name: 'n', ...entities }] } }),
    'test',
  );
  if (!parsed.ok) throw new Error(parsed.problem.join('\n'));
  let count = 0;
  const newId = (): string => `00000000-0000-0000-0000-${String(++count).padStart(12, '0')}`;
  const tree = new EntityTree(parsed.value, { newId });
  const entity = tree.find(path);
  if (entity === undefined) throw new Error(`${path} is missing`);
  const context = { entities: tree, clock: { now: () => noon }, newId, maxMessageBytes: 1000 };
  const handler = managementHandler(entity, context);
  const ask: Ask = async (operation, body) => {
    const response: Response = await handler({
      connectionId: 'connection-1',
      applicationProperties: new Map([['operation', wrapString(operation)]]),
      body: overTheWire(wrapMap(Object.entries(body))),
      message: [],
    });
    const plain = (name: string): unknown => {
      const value = response.applicationProperties.get(name);
      return value === undefined ? undefined : unwrap(value);
    };
    return {
      status: plain('statusCode'),
      condition: plain('errorCondition'),
      body: overTheWire(response.body),
    };
  };
  return { tree, ask };
}

/** As the other side reads it: what is built and what is read differ in memory. */
function overTheWire(value: Typed): Typed {
  const read = readTyped(writeTyped(value));
  if (!read.ok) throw new Error(read.problem);
  return read.value;
}

function entry(body: Typed, key: string): Typed {
  const found = mapEntries(body)?.get(key);
  if (found === undefined) throw new Error(`the answer has no ${key}`);
  return found;
}

function encoded(id: string, sessionId?: string): Typed {
  const fields = new Map([['messageId' as const, wrapString(id)]]);
  const session = new Map([['groupId' as const, wrapString(sessionId ?? '')]]);
  const properties = new Map([...fields, ...(sessionId === undefined ? [] : session)]);
  const data = encodeSection('data', wrapBinary(Buffer.from(id)));
  const bytes = joinMessage([propertiesSection(properties), data]);
  return wrapMap([['message', wrapBinary(bytes)]]);
}

const anything = wrapMap([]);

describe('The management node of an entity', () => {
  it('answers an operation that it does not know', async () => {
    const { ask } = open('q');
    for (const operation of ['', 'com.microsoft:fly', '__proto__', 'toString']) {
      expect(await ask(operation, {})).toMatchObject({
        status: 501,
        condition: 'amqp:not-implemented',
      });
    }
  });

  it('answers a request without a map with what is wrong', async () => {
    const { tree } = open('q');
    const entity = tree.find('q');
    if (entity === undefined) throw new Error('q is missing');
    const handler = managementHandler(entity, {
      entities: tree,
      clock: { now: () => noon },
      newId: () => 'x',
      maxMessageBytes: 1000,
    });
    for (const body of [undefined, Buffer.from('x'), wrapString('x'), typedNull]) {
      const response = await handler({
        connectionId: 'c',
        applicationProperties: new Map([['operation', wrapString('com.microsoft:peek-message')]]),
        body,
        message: [],
      });
      expect(unwrap(response.applicationProperties.get('statusCode') ?? typedNull)).toBe(400);
    }
  });

  it.each([
    ['com.microsoft:renew-lock', {}],
    ['com.microsoft:renew-lock', { 'lock-tokens': wrapString('x') }],
    ['com.microsoft:renew-lock', { 'lock-tokens': wrapList([wrapBinary(Buffer.alloc(3))]) }],
    ['com.microsoft:peek-message', { 'from-sequence-number': wrapInt(1) }],
    [
      'com.microsoft:peek-message',
      { 'from-sequence-number': wrapString('1'), 'message-count': wrapInt(1) },
    ],
    [
      'com.microsoft:peek-message',
      {
        'from-sequence-number': wrapInt(1),
        'message-count': wrapInt(1),
        'omit-message-body': wrapInt(1),
      },
    ],
    ['com.microsoft:receive-by-sequence-number', { 'sequence-numbers': wrapLongArray([1]) }],
    [
      'com.microsoft:receive-by-sequence-number',
      { 'sequence-numbers': wrapList([wrapString('1')]), 'receiver-settle-mode': wrapUint(1) },
    ],
    [
      'com.microsoft:update-disposition',
      { 'lock-tokens': wrapList([]), 'disposition-status': wrapString('eaten') },
    ],
    [
      'com.microsoft:update-disposition',
      {
        'lock-tokens': wrapList([]),
        'disposition-status': wrapString('completed'),
        'properties-to-modify': wrapInt(1),
      },
    ],
    ['com.microsoft:schedule-message', { messages: anything }],
    ['com.microsoft:schedule-message', { messages: wrapList([wrapInt(1)]) }],
    ['com.microsoft:schedule-message', { messages: wrapList([anything]) }],
    [
      'com.microsoft:schedule-message',
      { messages: wrapList([wrapMap([['message', wrapBinary(Buffer.from('x'))]])]) },
    ],
    ['com.microsoft:cancel-scheduled-message', { 'sequence-numbers': typedNull }],
    ['com.microsoft:set-session-state', { 'session-id': wrapInt(1) }],
    ['com.microsoft:get-message-sessions', { skip: wrapInt(0), top: wrapInt(1) }],
    ['com.microsoft:batch-delete-messages', { 'message-count': wrapInt(1) }],
  ])('answers %s with bad arguments, without doing anything', async (operation, body) => {
    const { ask, tree } = open('q');
    expect(await ask(operation, body)).toMatchObject({
      status: 400,
      condition: 'com.microsoft:argument-error',
    });
    expect(tree.find('q')?.queue.counts()).toEqual({
      ready: 0,
      locked: 0,
      deferred: 0,
      scheduled: 0,
    });
  });

  it.each([
    [{}],
    [{ 'rule-name': wrapString('r') }],
    [{ 'rule-name': wrapString('r'), 'rule-description': anything }],
    [{ 'rule-name': wrapString('r'), 'rule-description': wrapMap([['sql-filter', anything]]) }],
    [
      {
        'rule-name': wrapString('r'),
        'rule-description': wrapMap([
          ['sql-filter', wrapMap([['expression', wrapString('a = ')]])],
        ]),
      },
    ],
    [
      {
        'rule-name': wrapString('r'),
        'rule-description': wrapMap([['correlation-filter', anything]]),
      },
    ],
    [
      {
        'rule-name': wrapString('r'),
        'rule-description': wrapMap([
          ['sql-filter', wrapMap([['expression', wrapString('1=1')]])],
          ['sql-rule-action', wrapMap([['expression', wrapString('SET')]])],
        ]),
      },
    ],
  ])('adds no rule that it cannot read', async (body) => {
    const { ask } = open('t/subscriptions/s');
    expect(await ask('com.microsoft:add-rule', body)).toMatchObject({ status: 400 });
    const listed = await ask('com.microsoft:enumerate-rules', {
      top: wrapInt(9),
      skip: wrapInt(0),
    });
    expect(listItems(entry(listed.body, 'rules'))).toHaveLength(1);
  });

  it('has rules for a subscription only', async () => {
    const { ask } = open('q');
    const asked = { top: wrapInt(1), skip: wrapInt(0) };
    expect(await ask('com.microsoft:enumerate-rules', asked)).toMatchObject({ status: 400 });
  });

  it('schedules all messages of a request or none', async () => {
    const { ask, tree } = open('ordered');
    const mixed = wrapList([encoded('a', 's'), encoded('b')]);
    expect(await ask('com.microsoft:schedule-message', { messages: mixed })).toMatchObject({
      status: 400,
    });
    expect(tree.find('ordered')?.queue.counts().ready).toBe(0);
    const whole = wrapList([encoded('a', 's'), encoded('b', 's')]);
    const { status, body } = await ask('com.microsoft:schedule-message', { messages: whole });
    expect([status, unwrap(entry(body, 'sequence-numbers'))]).toEqual([200, [1, 2]]);
  });

  it('pages through sessions and says when there is none left', async () => {
    const { ask } = open('ordered');
    const messages = wrapList(['b', 'a', 'c'].map((id) => encoded(id, id)));
    await ask('com.microsoft:schedule-message', { messages });
    const page = (skip: number) =>
      ask('com.microsoft:get-message-sessions', {
        'last-updated-time': wrapTimestamp(at(0)),
        skip: wrapInt(skip),
        top: wrapInt(2),
      });
    const first = await page(0);
    expect(unwrap(entry(first.body, 'sessions-ids'))).toEqual(['a', 'b']);
    expect(unwrap(entry(first.body, 'skip'))).toBe(2);
    expect(unwrap(entry((await page(2)).body, 'sessions-ids'))).toEqual(['c']);
    expect((await page(3)).status).toBe(204);
  });

  it('deletes ready messages in bulk', async () => {
    const { ask, tree } = open('q');
    const messages = wrapList(['a', 'b', 'c'].map((id) => encoded(id)));
    await ask('com.microsoft:schedule-message', { messages });
    const { body } = await ask('com.microsoft:batch-delete-messages', {
      'message-count': wrapInt(2),
      'enqueued-time-utc': wrapTimestamp(at(1)),
    });
    expect(unwrap(entry(body, 'message-count'))).toBe(2);
    expect(tree.find('q')?.queue.counts().ready).toBe(1);
  });

  it('peeks without bodies when asked to', async () => {
    const { ask } = open('q');
    await ask('com.microsoft:schedule-message', { messages: wrapList([encoded('a'.repeat(500))]) });
    const peek = async (omit: boolean): Promise<number> => {
      const { body } = await ask('com.microsoft:peek-message', {
        'from-sequence-number': wrapInt(1),
        'message-count': wrapInt(1),
        'omit-message-body': wrapBoolean(omit),
      });
      const [item] = listItems(entry(body, 'messages')) ?? [];
      const bytes = item && unwrap(entry(item, 'message'));
      return Buffer.isBuffer(bytes) ? bytes.length : -1;
    };
    expect((await peek(false)) - (await peek(true))).toBeGreaterThan(490);
  });
});
