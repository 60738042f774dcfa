import { describe, expect, it } from 'vitest';
import { applyPatch, readPatch } from '../../../../../shared/deadletter/replay/json-patch.ts';

/** The document after the patch, or what is wrong. */
function patched(document: string, patch: string): string {
  const operations = readPatch(patch);
  if (!operations.ok) return `no patch: ${operations.problem}`;
  const result = applyPatch(document, operations.value);
  return result.ok ? result.value : `failed: ${result.problem}`;
}

function expectJson(document: string, patch: string, expected: string): void {
  expect(JSON.parse(patched(document, patch))).toEqual(JSON.parse(expected));
}

describe('JSON Patch, by the examples of RFC 6902, appendix A', () => {
  it('A.1 adds an object member', () => {
    expectJson(
      '{ "foo": "bar"}',
      '[{ "op": "add", "path": "/baz", "value": "qux" }]',
      '{"baz": "qux", "foo": "bar"}',
    );
  });

  it('A.2 adds an array element', () => {
    expectJson(
      '{ "foo": [ "bar", "baz" ] }',
      '[{ "op": "add", "path": "/foo/1", "value": "qux" }]',
      '{ "foo": [ "bar", "qux", "baz" ] }',
    );
  });

  it('A.3 removes an object member', () => {
    expectJson(
      '{ "baz": "qux", "foo": "bar" }',
      '[{ "op": "remove", "path": "/baz" }]',
      '{ "foo": "bar" }',
    );
  });

  it('A.4 removes an array element', () => {
    expectJson(
      '{ "foo": [ "bar", "qux", "baz" ] }',
      '[{ "op": "remove", "path": "/foo/1" }]',
      '{ "foo": [ "bar", "baz" ] }',
    );
  });

  it('A.5 replaces a value', () => {
    expectJson(
      '{ "baz": "qux", "foo": "bar" }',
      '[{ "op": "replace", "path": "/baz", "value": "boo" }]',
      '{ "baz": "boo", "foo": "bar" }',
    );
  });

  it('A.6 moves a value', () => {
    expectJson(
      '{ "foo": { "bar": "baz", "waldo": "fred" }, "qux": { "corge": "grault" } }',
      '[{ "op": "move", "from": "/foo/waldo", "path": "/qux/thud" }]',
      '{ "foo": { "bar": "baz" }, "qux": { "corge": "grault", "thud": "fred" } }',
    );
  });

  it('A.7 moves an array element', () => {
    expectJson(
      '{ "foo": [ "all", "grass", "cows", "eat" ] }',
      '[{ "op": "move", "from": "/foo/1", "path": "/foo/3" }]',
      '{ "foo": [ "all", "cows", "eat", "grass" ] }',
    );
  });

  it('A.8 tests a value: success', () => {
    expectJson(
      '{ "baz": "qux", "foo": [ "a", 2, "c" ] }',
      '[{ "op": "test", "path": "/baz", "value": "qux" }, { "op": "test", "path": "/foo/1", "value": 2 }]',
      '{ "baz": "qux", "foo": [ "a", 2, "c" ] }',
    );
  });

  it('A.9 tests a value: error', () => {
    expect(
      patched('{ "baz": "qux" }', '[{ "op": "test", "path": "/baz", "value": "bar" }]'),
    ).toMatch(/^failed: operation 0 \(test\)/);
  });

  it('A.10 adds a nested member object', () => {
    expectJson(
      '{ "foo": "bar" }',
      '[{ "op": "add", "path": "/child", "value": { "grandchild": { } } }]',
      '{ "foo": "bar", "child": { "grandchild": { } } }',
    );
  });

  it('A.11 ignores unrecognised elements', () => {
    expectJson(
      '{ "foo": "bar" }',
      '[{ "op": "add", "path": "/baz", "value": "qux", "xyz": 123 }]',
      '{ "foo": "bar", "baz": "qux" }',
    );
  });

  it('A.12 does not add to a target that does not exist', () => {
    expect(
      patched('{ "foo": "bar" }', '[{ "op": "add", "path": "/baz/bat", "value": "qux" }]'),
    ).toMatch(/^failed/);
  });

  it('A.13 refuses an invalid patch document', () => {
    expect(
      patched(
        '{ "foo": "bar" }',
        '[{ "op": "add", "path": "/baz", "value": "qux", "op": "remove" }]',
      ),
    ).toMatch(/^no patch: operation 0: it has op twice/);
  });

  it('A.14 unescapes ~ in the right order', () => {
    expectJson(
      '{ "/": 9, "~1": 10 }',
      '[{"op": "test", "path": "/~01", "value": 10}]',
      '{ "/": 9, "~1": 10 }',
    );
  });

  it('A.15 tells strings from numbers', () => {
    expect(
      patched('{ "/": 9, "~1": 10 }', '[{"op": "test", "path": "/~01", "value": "10"}]'),
    ).toMatch(/^failed/);
  });

  it('A.16 adds an array value', () => {
    expectJson(
      '{ "foo": ["bar"] }',
      '[{ "op": "add", "path": "/foo/-", "value": ["abc", "def"] }]',
      '{ "foo": ["bar", ["abc", "def"]] }',
    );
  });
});

describe('JSON Patch beyond the examples', () => {
  it('keeps the spelling of whatever it does not touch', () => {
    const document = '{ "big": 12345678901234567890, "price": 1.50, "é": "\\u00e9", "a": {"b":1} }';
    expect(patched(document, '[{"op":"replace","path":"/a/b","value":9007199254740993}]')).toBe(
      '{ "big": 12345678901234567890, "price": 1.50, "é": "\\u00e9", "a": {"b":9007199254740993} }',
    );
  });

  it('compares numbers by value and objects without order', () => {
    const patch = '[{"op":"test","path":"","value":{"b":[1.0],"a":1e2}}]';
    expect(patched('{"a":100,"b":[1]}', patch)).toBe('{"a":100,"b":[1]}');
    // Equal as doubles, not as numbers.
    expect(
      patched('[9007199254740993]', '[{"op":"test","path":"/0","value":9007199254740992}]'),
    ).toMatch(/^failed/);
  });

  it('replaces, and copies into, the whole document', () => {
    expect(patched('{"a":{"b":1}}', '[{"op":"copy","from":"/a","path":""}]')).toBe('{"b":1}');
    expect(patched('{"a":1}', '[{"op":"add","path":"","value":[2]}]')).toBe('[2]');
  });

  it('takes names of a producer for names', () => {
    const patch =
      '[{"op":"add","path":"/__proto__","value":{"x":1}},{"op":"add","path":"/2","value":0}]';
    expect(patched('{"b":1,"1":2}', patch)).toBe('{"b":1,"1":2,"__proto__":{"x":1},"2":0}');
  });

  it.each([
    ['[{"op":"remove","path":"/a"}]', 'remove what is not there'],
    ['[{"op":"replace","path":"/a","value":1}]', 'replace what is not there'],
    ['[{"op":"remove","path":""}]', 'remove the document'],
    ['[{"op":"add","path":"/list/3","value":1}]', 'leave a gap in an array'],
    ['[{"op":"add","path":"/list/01","value":1}]', 'take a place with a leading zero'],
    ['[{"op":"remove","path":"/list/-"}]', 'remove behind the end'],
    ['[{"op":"add","path":"/text/0","value":1}]', 'reach into a text'],
    ['[{"op":"move","from":"/obj","path":"/obj/deep"}]', 'move a value into itself'],
    ['[{"op":"remove","path":"/twice"}]', 'guess which of two members of a name is meant'],
  ])('%s fails: it would %s', (patch) => {
    const document = '{"list":[1,2],"text":"x","obj":{"deep":{}},"twice":1,"twice":2}';
    expect(patched(document, patch)).toMatch(/^failed/);
  });

  it('does all operations or none', () => {
    const patch = '[{"op":"add","path":"/b","value":2},{"op":"remove","path":"/c"}]';
    expect(patched('{"a":1}', patch)).toMatch(/^failed: operation 1/);
  });

  it.each([
    'no json',
    '{}',
    '[]',
    '[1]',
    '[{"op":"add","path":"a","value":1}]',
    '[{"op":"add","path":"/a~2","value":1}]',
    '[{"op":"add","path":"/a"}]',
    '[{"op":"move","path":"/a"}]',
    '[{"op":"merge","path":"/a","value":1}]',
    '[{"op":"add","value":1}]',
    `[${Array.from({ length: 101 }, () => '{"op":"remove","path":"/a"}').join()}]`,
    `[{"op":"add","path":"/a","value":${'['.repeat(70)}${']'.repeat(70)}}]`,
  ])('%.60s is no patch', (patch) => {
    expect(patched('{}', patch)).toMatch(/^no patch/);
  });
});
