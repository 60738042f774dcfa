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

const wellFormed = fc.constantFrom(
  'a1b2c3d4-e5f6-7890-abcd-ef1234567890',
  '/erp/sap/sales-orders',
  'com.acmemfg.erp.salesorder.created',
  'https://user@[::1]:80/a%41;b?c=d#e',
  'urn:bronzeflow:x:1',
  'application/json; charset=utf-8 ; a="b c"',
);
const misplaced = fc.oneof(
  fc.constantFrom('\0', '\n', '\r', '\t', ' ', '"', '\\', '\u007f', '\u0085', '\u2028'),
  fc.constantFrom('\ud800', '\udc00', '\ufdd0', '\ufffe', '\u{1ffff}', '\u{10fffe}', '\u20ac'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
);
/** A text of one of the forms with something put into it that may have no place there. */
const nearForms = fc.tuple(wellFormed, misplaced, fc.nat()).map(([text, piece, place]) => {
  const at = place % (text.length + 1);
  return text.slice(0, at) + piece + text.slice(at);
});

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
