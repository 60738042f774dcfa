import type { JsonText } from '../history/history-event.ts';
import type { RpcReply } from './rpc-exchange.ts';

type JsonBody = { readonly ok: true; readonly text: JsonText } | { readonly ok: false };

/** The JSON text of a body; an empty one is no value. */
export function readJson(body: string): JsonBody {
  if (body.trim() === '') return { ok: true, text: null };
  try {
    return { ok: true, text: JSON.stringify(JSON.parse(body)) };
  } catch {
    return { ok: false };
  }
}

export function badRequest(problem: string): RpcReply {
  return { status: 400, body: problem };
}
