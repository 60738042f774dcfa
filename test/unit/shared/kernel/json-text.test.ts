import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { itemsAt, membersAt, parseJson, splitArray } from '../../../../shared/kernel/json-text.ts';
import type { Span } from '../../../../shared/kernel/json-text.ts';

function faultOf(text: string, maxDepth = 64): string {
  const parsed = parseJson(text, maxDepth);
  return parsed.ok ? 'none' : parsed.fault;
}

function spelled(text: string, spans: readonly Span[]): readonly string[] {
  return spans.map(({ start, end }) => text.slice(start, end));
}

describe('parseJson', () => {
  it('gives the exact spelling of every member', () => {
    const text = ' { "a" : 12345678901234567890.0100 ,\n"b":{"y":1, "x":[ "}]" ]},"c":"\\"," } ';
    const parsed = parseJson(text, 64);
    assert.ok(parsed.ok);
    const { members } = parsed.json;
    assert.deepEqual(
      members.map(({ name }) => name),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(spelled(text, members), [
      '12345678901234567890.0100',
      '{"y":1, "x":[ "}]" ]}',
      '"\\","',
    ]);
  });

  it('keeps every member of a repeated name, also when one is spelled with an escape', () => {
    const parsed = parseJson('{"id":1,"\\u0069d":2}', 64);
    assert.ok(parsed.ok);
    assert.deepEqual(
      parsed.json.members.map(({ name }) => name),
      ['id', 'id'],
    );
  });

  it('reads __proto__ as a member like any other', () => {
    const parsed = parseJson('{"__proto__":{"polluted":true}}', 64);
    assert.ok(parsed.ok);
    assert.equal(parsed.json.members[0]?.name, '__proto__');
    assert.equal(Reflect.get({}, 'polluted'), undefined);
  });

  it('has no members for a value that is no object', () => {
    const parsed = parseJson('[{"a":1}]', 64);
    assert.ok(parsed.ok);
    assert.deepEqual(parsed.json.members, []);
  });

  it.each([
    ['{"a":{"b":[1]}}', 3, 'none'],
    ['{"a":{"b":[1]}}', 2, 'too_deep'],
    ['[[[]]]', 3, 'none'],
    ['[[[]]]', 2, 'too_deep'],
    ['{"a":"[[[["}', 1, 'none'],
    ['{}', 1, 'none'],
    ['1', 1, 'none'],
  ])('counts the nesting of %s against %i: %s', (text, maxDepth, fault) => {
    assert.equal(faultOf(text, maxDepth), fault);
  });

  it('refuses a million brackets by depth, before the parser sees them', () => {
    assert.equal(faultOf('['.repeat(1_000_000)), 'too_deep');
    assert.equal(faultOf('{"a":'.repeat(1_000_000)), 'too_deep');
  });

  it.each([
    ['{"a":1', 'truncated'],
    ['{"a":"b', 'truncated'],
    ['{"a":"b\\"', 'truncated'],
    ['{"a', 'truncated'],
    ['{', 'truncated'],
    ['[1,{"a":[', 'truncated'],
    ['{"a":[1}', 'malformed'],
    ['{"a":1]', 'malformed'],
    ['{"a":1}}', 'malformed'],
    ['{"a":1 "b":2}', 'malformed'],
    ['{"a" 1}', 'malformed'],
    ['{a:1}', 'malformed'],
    ['{"a":01}', 'malformed'],
    ['{"a":NaN}', 'malformed'],
    ['{"a":tru}', 'malformed'],
    ["{'a':1}", 'malformed'],
    ['{"a":1,}', 'malformed'],
    ['{"a":"\u0001"}', 'malformed'],
    ['{"\\x":1}', 'malformed'],
    ['{}{}', 'malformed'],
    ['hello', 'malformed'],
    ['', 'malformed'],
    [' ', 'malformed'],
    ['}', 'malformed'],
    ['"', 'truncated'],
  ])('calls %s %s', (text, fault) => {
    assert.equal(faultOf(text), fault);
  });

  it('finds the end of a string in linear time, however many backslashes it has', () => {
    const text = `{"a":"${'\\\\'.repeat(500_000)}${'\\"'.repeat(500_000)}"}`;
    const startedAt = performance.now();
    assert.equal(faultOf(text), 'none');
    assert.ok(performance.now() - startedAt < 2_000);
  });
});

describe('itemsAt and membersAt', () => {
  it('find values anywhere in a valid text', () => {
    const text = '{"list":[ {"a":1} ,2, "x,]" ,[] ],"empty":[ ],"none":{ }}';
    const start = text.indexOf('[');
    assert.deepEqual(spelled(text, itemsAt(text, start)), ['{"a":1}', '2', '"x,]"', '[]']);
    assert.deepEqual(itemsAt(text, text.indexOf('[ ]')), []);
    assert.deepEqual(membersAt(text, text.indexOf('{ }')), []);
  });
});

describe('splitArray', () => {
  it('cuts an array into items without judging them', () => {
    const text = ' [ {"a":1}, {"b":tru} ,7,\n"x" ] ';
    const split = splitArray(text, 10);
    assert.ok(split.ok);
    assert.deepEqual(spelled(text, split.items), ['{"a":1}', '{"b":tru}', '7', '"x"']);
  });

  it('has no items for an empty array', () => {
    assert.deepEqual(splitArray('[ ]', 10), { ok: true, items: [] });
  });

  it.each([
    ['[1,2,3]', 'too_many'],
    ['[{} {}]', 'malformed'],
    ['[1,]', 'malformed'],
    ['[,1]', 'malformed'],
    ['[1}', 'malformed'],
    ['[1]]', 'malformed'],
    ['[1] x', 'malformed'],
    ['[1', 'truncated'],
    ['[1,', 'truncated'],
    ['[{"a":"', 'truncated'],
    ['[', 'truncated'],
  ])('refuses %s as %s', (text, fault) => {
    assert.deepEqual(splitArray(text, 2), { ok: false, fault });
  });
});
