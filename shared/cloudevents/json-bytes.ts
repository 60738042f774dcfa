import { parseJson } from '../kernel/json-text.ts';
import type { JsonText } from '../kernel/json-text.ts';
import type { RejectionCode } from './rejection-codes.ts';

export type Reading<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: RejectionCode };

/** `ignoreBOM` keeps the mark in the text, where it can be seen and refused. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text that UTF-8 bytes spell. */
export function decodeText(bytes: Uint8Array): Reading<string> {
  if (bytes.length === 0) return { ok: false, code: 'bytes.empty' };
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    // The one reason for which a fatal decoder throws.
    return { ok: false, code: 'bytes.not_utf8' };
  }
  const hasMark = text.charCodeAt(0) === 0xfeff;
  return hasMark ? { ok: false, code: 'bytes.byte_order_mark' } : { ok: true, value: text };
}

export function readJson(text: string, maxDepth: number): Reading<JsonText> {
  const parsed = parseJson(text, maxDepth);
  return parsed.ok ? { ok: true, value: parsed.json } : { ok: false, code: `json.${parsed.fault}` };
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes of a base64 text with its padding. Source: RFC 4648, 4. */
export function decodeBase64(text: string): Uint8Array | undefined {
  return base64.test(text) ? Buffer.from(text, 'base64') : undefined;
}
