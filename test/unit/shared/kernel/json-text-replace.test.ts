import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import {
  findValues,
  parsePointer,
  replaceSpans,
} from '../../../../shared/kernel/json-text-replace.ts';

const text =
  '{"a":{"b/c":1,"m~n":[10, 20]},"list":[{"mail":"x"},{"mail":"y"},3],"a":{"b/c":2},"":0}';

function valuesAt(pointer: string): readonly string[] {
  const path = parsePointer(pointer);
  assert.ok(path !== undefined);
  return findValues(text, 0, path).map(({ start, end }) => text.slice(start, end));
}

describe('parsePointer', () => {
  it.each([
    ['', []],
    ['/a/b', ['a', 'b']],
    ['/b~1c/m~0n', ['b/c', 'm~n']],
    ['/', ['']],
    ['/~01', ['~1']],
  ])('reads %s', (pointer, path) => {
    assert.deepEqual(parsePointer(pointer), path);
  });

  it.each(['a', 'a/b', '/~', '/~2'])('refuses %s', (pointer) => {
    assert.equal(parsePointer(pointer), undefined);
  });
});

describe('findValues', () => {
  it('finds every occurrence of a repeated name', () => {
    assert.deepEqual(valuesAt('/a/b~1c'), ['1', '2']);
  });

  it('finds items by position and all of them by *', () => {
    assert.deepEqual(valuesAt('/a/m~0n/1'), ['20']);
    assert.deepEqual(valuesAt('/list/*/mail'), ['"x"', '"y"']);
    assert.deepEqual(valuesAt('/*/b~1c'), ['1', '2']);
    assert.deepEqual(valuesAt('/'), ['0']);
  });

  it('finds nothing where there is nothing, inherited names included', () => {
    for (const pointer of [
      '/none',
      '/list/9',
      '/list/01',
      '/a/b~1c/x',
      '/constructor',
      '/list/length',
    ]) {
      assert.deepEqual(valuesAt(pointer), [], pointer);
    }
  });
});

describe('replaceSpans', () => {
  it('replaces in place and leaves every other character', () => {
    const path = ['list', '*', 'mail'];
    const replacements = findValues(text, 0, path).map((span) => ({ ...span, text: '"***"' }));
    assert.equal(
      replaceSpans(text, replacements.toReversed()),
      text.replace('"x"', '"***"').replace('"y"', '"***"'),
    );
  });

  it('lets the outer of two replacements win', () => {
    const inner = { start: 2, end: 3, text: 'i' };
    const outer = { start: 1, end: 4, text: 'o' };
    assert.equal(replaceSpans('abcdef', [inner, outer]), 'aoef');
    assert.equal(replaceSpans('abcdef', [{ ...inner, start: 1 }, outer]), 'aoef');
  });
});
