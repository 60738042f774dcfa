import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import {
  isCloudEventsString,
  isFivePartType,
  isThreePartPath,
  isUri,
  isUriReference,
  isUuid,
  mediaTypeOf,
} from '../../../../shared/cloudevents/text-forms.ts';

/** Texts near the forms, with every kind of character that has no place in them. */
const nearForms = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '/',
        'a',
        'erp',
        ':',
        '%41',
        '%',
        '#',
        '?',
        '.',
        '..',
        'https://',
        'urn:',
        '@',
      ),
      fc.constantFrom('application/json', ';', ' ', 'charset=', '"', 'utf-8', '=', '\\', '[', ']'),
      fc.constantFrom('a1b2c3d4-e5f6-7890-abcd-ef1234567890', 'com.x.erp.a.b', 'com.', '-', '0'),
      fc.constantFrom('\0', '\n', '\u007f', '\u0085', '\ud800', '\ufdd0', '\u20ac', '\u{1ffff}'),
      fc.string({ unit: 'binary', maxLength: 2 }),
    ),
    { maxLength: 10 },
  )
  .map((pieces) => pieces.join(''));

describe('a text of a form', () => {
  it('has only characters that CloudEvents allows', () => {
    const forms = [
      isUuid,
      isThreePartPath,
      isFivePartType,
      isUri,
      isUriReference,
      (text: string) => mediaTypeOf(text) !== undefined,
    ];
    fc.assert(
      fc.property(nearForms, (text) => {
        if (forms.some((isForm) => isForm(text))) assert.ok(isCloudEventsString(text));
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('a CloudEvents string', () => {
  it('is well-formed Unicode without controls and noncharacters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const isAllowed = Array.from(text).every((character) => {
          const point = character.codePointAt(0) ?? 0;
          const isControl = point < 0x20 || (point >= 0x7f && point < 0xa0);
          const isNoncharacter =
            (point >= 0xfdd0 && point <= 0xfdef) || (point & 0xfffe) === 0xfffe;
          return !isControl && !isNoncharacter;
        });
        assert.equal(isCloudEventsString(text), isAllowed && text.isWellFormed());
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('a URI reference', () => {
  it('is whatever a URL parser makes of a base and a relative reference', () => {
    const urls = fc.webUrl({ withFragments: true, withQueryParameters: true });
    fc.assert(
      fc.property(urls, (url) => {
        assert.ok(isUri(url), url);
        const { pathname, search, hash } = new URL(url);
        assert.ok(isUriReference(pathname + search + hash), url);
      }),
    );
  });
});
