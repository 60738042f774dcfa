import { parkedCode } from '../../shared/kernel/order-key.ts';
import type { Rejection } from '../../shared/ports/events.ts';
import type { Failure } from '../../shared/recoverability/failure.ts';

/** Why a message dies that is behind a dead letter of its session. */
export function blockedRejection(by: string): Rejection {
  const detail = `An earlier message of its session is an open dead letter: ${by}.`;
  return { category: 'processing', violations: [{ code: parkedCode, detail }] };
}

/** Why a message dies whose type fails again and again. */
export function barredRejection(type: string): Rejection {
  const detail = `Messages of type ${type} failed again and again: nobody has tried this one.`;
  return { category: 'poison', violations: [{ code: 'circuit.open', detail }] };
}

/** Why a message dies whose handling failed for good. */
export function rejectionOf(
  { kind, code, detail, blames }: Failure,
  { isProbe, attempt }: { readonly isProbe: boolean; readonly attempt: number },
): Rejection {
  const category = isProbe ? 'poison' : categoryOf(code, blames);
  const first = { code, detail };
  if (kind === 'permanent') return { category, violations: [first] };
  const tried = { code: 'retries.exhausted', detail: `It was tried ${attempt} times.` };
  return { category, violations: [first, tried] };
}

function categoryOf(code: string, blames: Failure['blames']): Rejection['category'] {
  return blames === 'content' && code.startsWith('idempotency.') ? 'schema' : 'processing';
}
