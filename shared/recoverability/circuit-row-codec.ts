import { AppError } from '../kernel/app-error.ts';
import { toAsciiJson } from '../kernel/ascii-json.ts';
import { epochMs } from '../kernel/time.ts';
import type { Circuit, StoredCircuit } from '../ports/circuits.ts';

/** A row as Table Storage gives it. */
export interface CircuitRow {
  readonly etag?: string;
  readonly circuit?: unknown;
}

/** What a row holds beside its keys; any text survives as ASCII. */
export function toCircuitColumns(type: string, circuit: Circuit): { readonly circuit: string } {
  return { circuit: toAsciiJson(JSON.stringify({ type, ...circuit })) };
}

/** Errors: `storage.unexpected_answer` (permanent) for a row that we have not written. */
export function toStoredCircuit({ circuit: text, etag }: CircuitRow): StoredCircuit {
  const fields = typeof text === 'string' ? parse(text) : undefined;
  const circuit = fields && toCircuit(fields);
  if (etag === undefined || circuit === undefined) throw damaged();
  if (typeof fields?.['type'] !== 'string') throw damaged();
  return { type: fields['type'], circuit, etag };
}

type Fields = Readonly<Record<string, unknown>>;

function toCircuit({ state, failedAt, probeAt, until }: Fields): Circuit | undefined {
  if (state === 'closed' && Array.isArray(failedAt) && failedAt.every(isInstant)) {
    return { state, failedAt: failedAt.map(epochMs) };
  }
  if (state === 'open' && isInstant(probeAt)) return { state, probeAt: epochMs(probeAt) };
  if (state === 'probing' && isInstant(until)) return { state, until: epochMs(until) };
  return undefined;
}

function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

function damaged(): AppError {
  return new AppError('storage.unexpected_answer', 'A row of circuits is damaged.', {
    kind: 'permanent',
  });
}
