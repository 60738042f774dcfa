import { describe, expect, it } from 'vitest';
import {
  compileLike,
  matchesLike,
} from '../../../../../../local/broker/servicebus/rules/like-pattern.ts';

function matches(text: string, pattern: string, escape?: string): boolean | undefined {
  const compiled = compileLike(pattern, escape);
  return compiled && matchesLike(compiled, text);
}

describe('A LIKE pattern', () => {
  it.each([
    ['', ''],
    ['', '%'],
    ['abc', 'abc'],
    ['abc', '%'],
    ['abc', 'a%'],
    ['abc', '%c'],
    ['abc', '%b%'],
    ['abc', '_b_'],
    ['abc', '%_%_%_%'],
    ['aXbXc', 'a%b%c'],
    ['a.c', 'a.c'],
    ['a\nb', 'a_b'],
    ['\u{1F600}', '_'],
    ['abab', '%ab'],
  ])('%j matches %j', (text, pattern) => {
    expect(matches(text, pattern)).toBe(true);
  });

  it.each([
    ['', '_'],
    ['abc', 'ab'],
    ['abc', 'bc'],
    ['abc', 'a_'],
    ['abc', '%_%_%_%_%'],
    ['abc', 'a.c'],
    ['ab', 'ab%b'],
    ['ABC', 'abc'],
  ])('%j does not match %j', (text, pattern) => {
    expect(matches(text, pattern)).toBe(false);
  });

  it('takes an escaped character for itself', () => {
    expect(matches('ABC%', 'ABC\\%', '\\')).toBe(true);
    expect(matches('ABCD', 'ABC\\%', '\\')).toBe(false);
    expect(matches('a_b', 'a!_b', '!')).toBe(true);
    expect(matches('a!b', 'a!!b', '!')).toBe(true);
    expect(matches('50%', '50%%', '%')).toBe(true);
  });

  it('is none if it ends in the escape or the escape is not one character', () => {
    expect(matches('a', 'a\\', '\\')).toBeUndefined();
    expect(matches('a', 'a', '')).toBeUndefined();
    expect(matches('a', 'a', 'ab')).toBeUndefined();
  });

  it('cannot be made to run away', () => {
    const pattern = `${'%a'.repeat(250)}%b`;
    expect(matches('a'.repeat(20_000), pattern)).toBe(false);
  });
});
