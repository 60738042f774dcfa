import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { participantNames, type Command, type Reply } from '../../../domain/messages.ts';
import {
  decodeCommand,
  decodeReply,
  encodeCommand,
  encodeReply,
} from '../../../sagas/message-codec.ts';
import type { JsonObject } from '../../../shared/kernel/json-value.ts';
import { epochMs } from '../../../shared/kernel/time.ts';

const id = fc.string({ unit: 'binary', minLength: 1, maxLength: 120 });
const name = fc.stringMatching(/^[a-z0-9-]{1,60}$/);
const data = fc.dictionary(fc.string(), fc.jsonValue(), {
  noNullPrototype: true,
}) as fc.Arbitrary<JsonObject>;

const routing = fc.record({
  id,
  participant: fc.constantFrom(...participantNames),
  sagaId: fc.stringMatching(/^[A-Za-z0-9_-]{1,90}$/),
  replyTo: fc.oneof(fc.constant(''), id),
});
const trace = fc.record({ traceparent: fc.string() }, { requiredKeys: [], noNullPrototype: true });
const half = fc.record({ name, attempt: fc.integer({ min: 1 }), data });
const kind = fc.oneof(
  fc.record({
    kind: fc.constant('do' as const),
    notAfter: fc.integer({ min: 0, max: 253_402_300_799_999 }).map(epochMs),
  }),
  fc.record({ kind: fc.constant('undo' as const), undoes: id }),
);
const commands: fc.Arbitrary<Command> = fc
  .tuple(routing, trace, half, kind)
  .map(([route, traced, rest, of]) => ({ ...route, ...traced, ...rest, ...of }));

const outcomes: fc.Arbitrary<Reply['outcome']> = fc.oneof(
  fc.record({ kind: fc.constant('done' as const), data }),
  fc.record({ kind: fc.constant('refused' as const), code: fc.string(), detail: fc.string() }),
);
const replies: fc.Arbitrary<Reply> = fc
  .tuple(routing, trace, fc.record({ commandId: id, commandName: name, outcome: outcomes }))
  .map(([route, traced, rest]) => ({ ...route, ...traced, ...rest }));

/** What JSON keeps of a value: it does not know -0. */
const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

/** Messages as an attacker or a newer version would spell them. */
const mutilated = fc
  .tuple(
    fc.oneof(commands.map(encodeCommand), replies.map(encodeReply)),
    fc.constantFrom(
      ...['specversion', 'type', 'id', 'subject', 'data', 'replyto', 'attempt', 'notafter'],
      ...['undoes', 'causationid', 'traceparent', '__proto__', 'constructor'],
    ),
    fc.jsonValue(),
  )
  .map(([{ body }, key, value]) => {
    const event = JSON.parse(new TextDecoder().decode(body)) as object;
    const entries = [...Object.entries(event).filter(([kept]) => kept !== key), [key, value]];
    return new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  });

describe('the codec of commands and replies', () => {
  it('gives back every command', () => {
    fc.assert(
      fc.property(commands, (command) => {
        expect(decodeCommand(encodeCommand(command).body)).toEqual({
          ok: true,
          value: throughJson(command),
        });
      }),
    );
  });

  it('gives back every reply', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        expect(decodeReply(encodeReply(reply).body)).toEqual({
          ok: true,
          value: throughJson(reply),
        });
      }),
    );
  });

  it('never takes a reply for a command, nor a command for a reply', () => {
    fc.assert(
      fc.property(commands, replies, (command, reply) => {
        expect(decodeCommand(encodeReply(reply).body).ok).toBe(false);
        expect(decodeReply(encodeCommand(command).body).ok).toBe(false);
      }),
    );
  });

  it('reads or refuses any bytes and any message with a hostile attribute, and throws for none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutilated), (bytes) => {
        for (const decode of [decodeCommand, decodeReply]) {
          const decoded = decode(bytes);
          if (!decoded.ok) expect(decoded.problem).not.toBe('');
        }
      }),
      { numRuns: 500 },
    );
  });
});
