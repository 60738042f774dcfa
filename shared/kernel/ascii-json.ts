/**
 * The same JSON with every character beyond ASCII escaped, as Python's `json.dumps` writes it. Such
 * a text can be cut anywhere, and crosses requests that are put together from pieces of bytes:
 * Azurite damages a character on the border of two pieces.
 */
export function toAsciiJson(json: string): string {
  return json.replaceAll(
    /[\u007f-\uffff]/g,
    // One unit of UTF-16: JSON spells a pair of surrogates as two.
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
