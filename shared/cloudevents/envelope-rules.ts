import type { Violation } from '../ports/events.ts';
import { knownExtensions, maxLengths } from './attributes.ts';
import type { ContextAttribute } from './attributes.ts';
import type { DecodedEvent, Extension } from './decoded-event.ts';
import { attributeViolation, show, violation } from './rejection-codes.ts';
import type { RejectionCode } from './rejection-codes.ts';
import { isObject } from './structured-mode.ts';
import {
  isCloudEventsString,
  isThreePartPath,
  isUri,
  isUriReference,
  isUuid,
  mediaTypeOf,
} from './text-forms.ts';
import type { Timestamp } from './timestamp.ts';

/**
 * `strict`: the envelope of ISL-05, with time, content type and object `data` required. `core`:
 * CloudEvents 1.0 as it is specified. The form of `type` is judged with the catalogue.
 */
export type Profile = 'strict' | 'core';

interface Rule {
  readonly name: ContextAttribute;
  readonly isRequired: boolean;
  /**
   * What is wrong with a text, or undefined when it has the right form, which implies that its
   * characters are allowed. Undefined when any text will do.
   */
  readonly judge: ((value: string) => RejectionCode | undefined) | undefined;
}

const strictMediaTypes = new Set(['application/json', 'application/avro']);

const shared = {
  specversion: (value: string) =>
    value === '1.0' ? undefined : ('envelope.specversion.unsupported' as const),
  dataschema: (value: string) =>
    isUri(value) ? undefined : ('envelope.dataschema.not_uri' as const),
};

const rules: Readonly<Record<Profile, readonly Rule[]>> = {
  strict: [
    { name: 'specversion', isRequired: true, judge: shared.specversion },
    {
      name: 'id',
      isRequired: true,
      judge: (value) => (isUuid(value) ? undefined : 'envelope.id.not_uuid'),
    },
    {
      name: 'source',
      isRequired: true,
      judge: (value) => (isThreePartPath(value) ? undefined : 'envelope.source.not_three_part'),
    },
    { name: 'type', isRequired: true, judge: undefined },
    { name: 'datacontenttype', isRequired: true, judge: judgeStrictMediaType },
    { name: 'subject', isRequired: false, judge: undefined },
    { name: 'dataschema', isRequired: false, judge: shared.dataschema },
  ],
  core: [
    { name: 'specversion', isRequired: true, judge: shared.specversion },
    { name: 'id', isRequired: true, judge: undefined },
    {
      name: 'source',
      isRequired: true,
      judge: (value) => (isUriReference(value) ? undefined : 'envelope.source.not_uri_reference'),
    },
    { name: 'type', isRequired: true, judge: undefined },
    { name: 'datacontenttype', isRequired: false, judge: judgeMediaType },
    { name: 'subject', isRequired: false, judge: undefined },
    { name: 'dataschema', isRequired: false, judge: shared.dataschema },
  ],
};

/** All violations of the envelope; those of its `data` against a schema are the catalogue's. */
export function checkEnvelope(
  event: DecodedEvent,
  profile: Profile,
  time: Timestamp | undefined,
): readonly Violation[] {
  const found: Violation[] = [];
  const note = (problem: Violation | undefined): void => {
    if (problem !== undefined) found.push(problem);
  };
  for (const rule of rules[profile]) note(checkAttribute(event, rule));
  note(checkTime(event, profile, time));
  note(checkData(event, profile));
  for (const name of knownExtensions) note(checkValue(name, event.attributes[name]));
  for (const extension of event.extensions) note(checkExtension(extension));
  return found;
}

function checkAttribute(event: DecodedEvent, rule: Rule): Violation | undefined {
  const { name, isRequired } = rule;
  const value = event.attributes[name];
  if (typeof value === 'string') return checkString(rule, value);
  if (value !== undefined) return attributeViolation(name, 'not_string');
  return isRequired ? attributeViolation(name, 'missing') : undefined;
}

function checkString({ name, judge }: Rule, value: string): Violation | undefined {
  const code = judge?.(value);
  const isRight = judge !== undefined && code === undefined && isBounded(name, value);
  return isRight ? undefined : (checkText(name, value) ?? checkForm(name, value, code));
}

function isBounded(name: ContextAttribute, value: string): boolean {
  return value !== '' && value.length <= maxLengths[name];
}

function checkText(name: ContextAttribute, value: string): Violation | undefined {
  if (value === '') return attributeViolation(name, 'empty');
  if (value.length > maxLengths[name]) {
    return attributeViolation(name, 'too_long', {
      found: `${value.length} of ${maxLengths[name]}`,
    });
  }
  return isCloudEventsString(value)
    ? undefined
    : attributeViolation(name, 'invalid_characters', { found: show(value) });
}

function checkForm(
  name: ContextAttribute,
  value: string,
  code: RejectionCode | undefined,
): Violation | undefined {
  return code === undefined
    ? undefined
    : violation(code, { found: show(value), pointer: `/${name}` });
}

function judgeMediaType(value: string): RejectionCode | undefined {
  return mediaTypeOf(value) === undefined ? 'envelope.datacontenttype.malformed' : undefined;
}

function judgeStrictMediaType(value: string): RejectionCode | undefined {
  const mediaType = mediaTypeOf(value);
  if (mediaType === undefined) return 'envelope.datacontenttype.malformed';
  return strictMediaTypes.has(mediaType) ? undefined : 'envelope.datacontenttype.unsupported';
}

function checkTime(
  event: DecodedEvent,
  profile: Profile,
  time: Timestamp | undefined,
): Violation | undefined {
  const isStrict = profile === 'strict';
  if (time !== undefined && (time.isUtc || !isStrict)) return undefined;
  const judge = (): RejectionCode =>
    time === undefined ? 'envelope.time.malformed' : 'envelope.time.not_utc';
  return checkAttribute(event, { name: 'time', isRequired: isStrict, judge });
}

function checkData({ data }: DecodedEvent, profile: Profile): Violation | undefined {
  if (profile === 'core') return undefined;
  if (data.kind === 'none') return violation('envelope.data.missing');
  const isOther = data.kind === 'json' && !isObject(data.value);
  return isOther ? violation('envelope.data.not_object', { pointer: '/data' }) : undefined;
}

const attributeName = /^[a-z0-9]{1,64}$/;

function checkExtension({ name, value }: Extension): Violation | undefined {
  // A context attribute with a rule of its own; only its column is the one of extensions.
  if (name === 'dataschema') return undefined;
  return attributeName.test(name)
    ? checkValue(name, value)
    : violation('envelope.attribute.name_invalid', { found: show(name) });
}

function checkValue(name: string, value: unknown): Violation | undefined {
  const pointer = `/${name}`;
  if (typeof value === 'string') {
    return isCloudEventsString(value)
      ? undefined
      : violation('envelope.extension.invalid_characters', { pointer });
  }
  const isScalar = value === null || value === undefined || typeof value === 'boolean';
  const isInteger = typeof value === 'number' && value === (value | 0);
  return isScalar || isInteger
    ? undefined
    : violation('envelope.extension.type_invalid', { pointer });
}
