import type { Problem } from '../http-problem.ts';

/** Longer reasons are refused: a reason is for people to read. */
const maxReasonLength = 2_000;

/** The reason of a decision, out of a JSON body; undefined when it has none. */
export function readReason(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null || !('reason' in value)) return undefined;
    const { reason } = value;
    const isReason = typeof reason === 'string' && reason.trim() !== '';
    return isReason && reason.length <= maxReasonLength ? reason : undefined;
  } catch {
    return undefined;
  }
}

export const noReason: Problem = {
  status: 400,
  code: 'reason-missing',
  title: 'The reason is missing',
  detail: `The body is no JSON object with a text reason of at most ${maxReasonLength} characters.`,
  remedy: 'Send {"reason": "..."}: it goes into the audit of the dead letter.',
};
