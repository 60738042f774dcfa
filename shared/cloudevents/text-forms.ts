/** The forms of text that CloudEvents attributes have. All are linear in the length of the text. */

/** Characters that a CloudEvents String must not hold. Source: CloudEvents 1.0, Type System. */
const forbidden =
  /[\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u{1fffe}\u{1ffff}\u{2fffe}\u{2ffff}\u{3fffe}\u{3ffff}\u{4fffe}\u{4ffff}\u{5fffe}\u{5ffff}\u{6fffe}\u{6ffff}\u{7fffe}\u{7ffff}\u{8fffe}\u{8ffff}\u{9fffe}\u{9ffff}\u{afffe}\u{affff}\u{bfffe}\u{bffff}\u{cfffe}\u{cffff}\u{dfffe}\u{dffff}\u{efffe}\u{effff}\u{ffffe}\u{fffff}\u{10fffe}\u{10ffff}]/u;
const printableAscii = /^[\x20-\x7e]*$/;

export function isCloudEventsString(text: string): boolean {
  return printableAscii.test(text) || !forbidden.test(text);
}

/** A UUID of any version: the sample of ISL-05 has a version that no standard names. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** `/{system}/{module}/{entity}`, no segment being `.` or `..`. */
export function isThreePartPath(text: string): boolean {
  return threeParts.test(text);
}
const threeParts = /^(?:\/(?!\.\.?(?:\/|$))(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+){3}$/;

/** `com.{organization}.{system}.{entity}.{action}`. */
export function isFivePartType(text: string): boolean {
  return fiveParts.test(text);
}
const fiveParts = /^com(?:\.[a-z0-9][a-z0-9_-]*){4}$/;

/** A URI reference: allowed characters only, whole percent escapes, one fragment. Source: RFC 3986, 4.1. */
export function isUriReference(text: string): boolean {
  return uriCharacters.test(text) && !colonInFirstSegment.test(text);
}
const uriCharacters =
  /^(?:[A-Za-z0-9._~:/?@!$&'()*+,;=[\]-]|%[0-9A-Fa-f]{2})*(?:#(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?$/;
/** A colon before any slash makes what is in front of it a scheme, which has fewer characters. */
const colonInFirstSegment = /^(?![A-Za-z][A-Za-z0-9+.-]*:)[^:/?#]*:/;

/** A URI reference with a scheme. Source: RFC 3986, 4.3, with a fragment allowed. */
export function isUri(text: string): boolean {
  return scheme.test(text) && isUriReference(text);
}
const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/;

/**
 * `type/subtype` in lower case without parameters, or undefined. A text of more than 256 characters
 * is none. Source: RFC 2045, 5.1.
 */
export function mediaTypeOf(text: string): string | undefined {
  if (text === 'application/json') return text;
  return text.length > 256 ? undefined : mediaType.exec(text)?.[1]?.toLowerCase();
}
const mediaType =
  /^([\w!#$&^.+-]+\/[\w!#$&^.+-]+)(?: *; *[\w!#$&^.+-]+=(?:[\w!#$%&'*^`|~.+-]+|"[\x20\x21\x23-\x5b\x5d-\x7e]*"))* *$/;

/** Whether a media type declares JSON. Source: CloudEvents JSON format 1.0, 3.1.1. */
export function isJsonMediaType(type: string): boolean {
  return type.endsWith('/json') || type.endsWith('+json');
}
