import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { canonicalise, canonicalNumber } from '../../../../shared/kernel/json-text-canonical.ts';
import { findValues, replaceSpans } from '../../../../shared/kernel/json-text-replace.ts';
import { itemsAt, membersAt, parseJson, splitArray } from '../../../../shared/kernel/json-text.ts';

/** Texts near JSON: pieces of it in any order, so that the scanner meets every kind of garbage. */
const nearJson = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"',
        ':',
        ',',
        '\\',
        ' ',
        '\n',
        '\\"',
        '\\u0041',
        '0',
        '-',
      ),
      fc.constantFrom(
        'true',
        'null',
        '1e5',
        '"a"',
        '"a":',
        '{}',
        '[]',
        '\u0000',
        '\u2028',
        '\ud800',
      ),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 24 },
  )
  .map((pieces) => pieces.join(''));

/** A spelling of a JSON value chosen at random: white space, escapes, order and number forms vary. */
function spell(value: unknown, random: () => number): string {
  const space = (): string => [' ', '', '', '\n\t', '\r '][Math.floor(random() * 5)] ?? '';
  const text = (content: string): string =>
    `"${Array.from({ length: content.length }, (_, at) => spellUnit(content.charCodeAt(at), random)).join('')}"`;
  const spellAny = (part: unknown): string => {
    if (typeof part === 'string') return text(part);
    if (typeof part === 'number') return spellNumber(part, random);
    if (Array.isArray(part)) {
      return `[${space()}${part.map((item) => `${spellAny(item)}${space()}`).join(',')}]`;
    }
    if (typeof part !== 'object' || part === null) return String(part);
    const members = Object.entries(part)
      .map((entry) => ({ entry, rank: random() }))
      .sort((left, right) => left.rank - right.rank)
      .map(({ entry }) => `${space()}${text(entry[0])}${space()}:${space()}${spellAny(entry[1])}`);
    return `{${members.join(',')}${space()}}`;
  };
  return `${space()}${spellAny(value)}${space()}`;
}

function spellUnit(code: number, random: () => number): string {
  const escaped = `\\u${code.toString(16).padStart(4, '0')}`;
  const isLoneSafe =
    code >= 0x20 && code !== 0x22 && code !== 0x5c && (code < 0xd800 || code > 0xdfff);
  return isLoneSafe && random() < 0.8 ? String.fromCharCode(code) : escaped;
}

function spellNumber(value: number, random: () => number): string {
  const plain = JSON.stringify(value);
  // Zero has no other spelling with a digit before it.
  if (/[.e]/.test(plain) || value === 0 || random() < 0.5) return plain;
  return random() < 0.5 ? `${plain}.000` : `${plain}0e-1`;
}

/** The numbers of a stream, one by one. */
function randomOf(stream: Iterator<number, undefined>): () => number {
  return () => {
    const next = stream.next();
    return next.done === true ? 0 : next.value;
  };
}

const seeded = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
const spelling = fc
  .tuple(fc.jsonValue({ maxDepth: 4 }), seeded, seeded)
  .map(([value, first, second]) => ({
    value,
    first: spell(value, randomOf(first)),
    second: spell(value, randomOf(second)),
  }));

describe('the JSON scanner', () => {
  it('calls a text valid exactly when JSON.parse does, and has its value', () => {
    fc.assert(
      fc.property(nearJson, (text) => {
        const parsed = parseJson(text, 1_000);
        let value: unknown;
        try {
          value = JSON.parse(text);
        } catch {
          assert.equal(parsed.ok, false);
          return;
        }
        assert.ok(parsed.ok);
        assert.deepEqual(parsed.json.value, value);
      }),
      { numRuns: 5_000 },
    );
  });

  it('finds the members of any spelling, each with the text of its value', () => {
    fc.assert(
      fc.property(spelling, ({ first, value }) => {
        const parsed = parseJson(first, 64);
        assert.ok(parsed.ok);
        const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
        const expected = isObject ? Object.keys(value).toSorted() : [];
        const { members } = parsed.json;
        assert.deepEqual(members.map(({ name }) => name).toSorted(), expected);
        for (const { name, start, end } of members) {
          const slice = first.slice(start, end);
          assert.equal(slice.trim(), slice);
          assert.deepEqual(JSON.parse(slice), Reflect.get(JSON.parse(first) as object, name));
        }
      }),
    );
  });

  it('splits any array into the texts of its items', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 3 })), seeded, (items, stream) => {
        const text = spell(items, randomOf(stream));
        const split = splitArray(text, 1_000);
        assert.ok(split.ok);
        const start = text.indexOf('[');
        assert.deepEqual(itemsAt(text, start), split.items);
        const parsed = split.items.map(
          ({ start: from, end }) => JSON.parse(text.slice(from, end)) as unknown,
        );
        assert.deepEqual(parsed, JSON.parse(text));
      }),
    );
  });

  it('ends on any text whatever', () => {
    fc.assert(
      fc.property(fc.oneof(nearJson, fc.string({ unit: 'binary' })), (text) => {
        parseJson(text, 8);
        splitArray(text, 8);
        splitArray(`[${text}`, 8);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('the canonical form', () => {
  it('does not depend on order, white space, escapes or the spelling of numbers', () => {
    fc.assert(
      fc.property(spelling, ({ first, second }) => {
        const left = canonicalise(first, first.search(/\S/));
        const right = canonicalise(second, second.search(/\S/));
        assert.equal(left.text, right.text);
        assert.deepEqual(left.duplicates, []);
      }),
    );
  });

  it('differs for values that differ', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (left, right) => {
        const isSame =
          canonicalise(JSON.stringify(left), 0).text ===
          canonicalise(JSON.stringify(right), 0).text;
        assert.equal(isSame, sortedJson(left) === sortedJson(right));
      }),
    );
  });

  it('is a fixed point', () => {
    fc.assert(
      fc.property(spelling, ({ first }) => {
        const { text } = canonicalise(first, first.search(/\S/));
        assert.equal(canonicalise(text, 0).text, text);
      }),
    );
  });

  it('of a number is its exact decimal value', () => {
    const decimal = fc.record({
      digits: fc.bigInt({ min: 0n, max: 10n ** 40n }),
      point: fc.integer({ min: 0, max: 30 }),
      exponent: fc.integer({ min: -50, max: 50 }),
      isNegative: fc.boolean(),
    });
    fc.assert(
      fc.property(decimal, ({ digits, point, exponent, isNegative }) => {
        const padded = digits.toString().padStart(point + 1, '0');
        const whole = padded.slice(0, padded.length - point);
        const fraction = point === 0 ? '' : `.${padded.slice(padded.length - point)}`;
        const canonical = canonicalNumber(
          `${isNegative ? '-' : ''}${whole}${fraction}e${exponent}`,
        );
        const [mantissa = '', power = '0'] = canonical.split('e');
        // Both sides times 10^200 are whole numbers.
        const expected = (isNegative ? -digits : digits) * 10n ** BigInt(200 + exponent - point);
        assert.equal(BigInt(mantissa) * 10n ** BigInt(200 + Number(power)), expected);
        assert.match(canonical, /^(?:0|-?[1-9]\d*(?:e-?[1-9]\d*)?)$/);
        assert.doesNotMatch(mantissa, /\d0$/);
      }),
    );
  });
});

describe('replacing in a text', () => {
  it('changes the members that a path names and not a character more', () => {
    const objects = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue({ maxDepth: 2 }), {
      minKeys: 1,
    });
    fc.assert(
      fc.property(objects, seeded, fc.nat(), (value, stream, pick) => {
        const text = spell(value, randomOf(stream));
        const names = Object.keys(value).filter((name) => name !== '*');
        const name = names[pick % Math.max(names.length, 1)] ?? 'none';
        const spans = findValues(text, text.indexOf('{'), [name]);
        const replaced = replaceSpans(
          text,
          spans.map((span) => ({ ...span, text: '"new"' })),
        );
        const expected = Object.hasOwn(value, name) ? { ...value, [name]: 'new' } : value;
        assert.deepEqual(JSON.parse(replaced), JSON.parse(JSON.stringify(expected)));
        const others = membersAt(replaced, replaced.indexOf('{')).filter(
          (member) => member.name !== name,
        );
        const before = membersAt(text, text.indexOf('{')).filter((member) => member.name !== name);
        assert.deepEqual(
          others.map(({ start, end }) => replaced.slice(start, end)),
          before.map(({ start, end }) => text.slice(start, end)),
        );
      }),
    );
  });
});

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(
          Object.entries(part).toSorted(([left], [right]) => (left < right ? -1 : 1)),
        )
      : part,
  );
}
