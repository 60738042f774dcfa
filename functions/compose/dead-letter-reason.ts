import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import type { Caller } from '../http-actor.ts';
import { memberOf } from '../host-values.ts';
import type { Problem } from '../http-problem.ts';
import type { DeadLetterAccess } from './dead-letter-access.ts';
import { maxReasonLength, nobody, noReason } from './dead-letter-problems.ts';

/** Who answers for a decision. */
export interface Responsible {
  readonly by: string;
  readonly why: string;
  readonly from: string;
}

/** Who decides and why, when that person may and says so; `body` is the parsed one. */
export function readResponsible(
  access: Pick<DeadLetterAccess, 'refuse'>,
  caller: Caller,
  body: unknown,
): Result<Responsible, Problem> {
  const refusal = access.refuse(caller, 'operate');
  if (refusal !== undefined) return fail(refusal);
  const { name: by, from } = caller;
  if (by === undefined) return fail(nobody);
  const why = readReason(body);
  return why === undefined ? fail(noReason) : succeed({ by, why, from });
}

/** The value of a body; undefined when it is no JSON. */
export function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The reason in a body; undefined when it has none that people could read. */
export function readReason(body: unknown): string | undefined {
  const reason = memberOf(body, 'reason');
  const isReason = typeof reason === 'string' && reason.trim() !== '';
  return isReason && reason.length <= maxReasonLength ? reason : undefined;
}
