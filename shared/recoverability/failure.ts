import { AppError } from '../kernel/app-error.ts';

/** Why the handling of a message failed. */
export interface Failure {
  /** `permanent`: it will fail in the same way every time. */
  readonly kind: 'transient' | 'permanent';
  /**
   * What is to blame: what the message says, a system that is down or busy, or the handling itself.
   * Only the last one tells something about other messages of the same type.
   */
  readonly blames: 'content' | 'dependency' | 'handling';
  /** Stable. */
  readonly code: string;
  /** At most 1,000 characters. */
  readonly detail: string;
}

/** What was thrown, as recoverability sees it. Pure and total. */
export function failureOf(error: unknown): Failure {
  if (error instanceof AppError) return ofAppError(error);
  const detail = describe(error);
  return isBug(error)
    ? { kind: 'permanent', blames: 'handling', code: 'bug', detail }
    : { kind: 'transient', blames: 'handling', code: 'handler.failed', detail };
}

function ofAppError(error: AppError): Failure {
  const { code, kind, details } = error;
  const detail = describe(error);
  if (code === 'message.refused') {
    const reason = typeof details['code'] === 'string' ? details['code'] : code;
    return { kind: 'permanent', blames: 'content', code: reason, detail };
  }
  const isElsewhere =
    kind === 'transient' && /\.(unavailable|unreachable|contended|lease_lost)$/.test(code);
  return { kind, blames: isElsewhere ? 'dependency' : 'handling', code, detail };
}

/** Slips of ours end the same way each time; what `fetch` throws for a lost connection has a cause. */
function isBug(error: unknown): boolean {
  const isSlip = [TypeError, RangeError, ReferenceError, SyntaxError].some(
    (slip) => error instanceof slip,
  );
  return isSlip && error instanceof Error && error.cause === undefined;
}

/** What an error quotes may be as long as what was sent. */
function describe(error: unknown): string {
  return textOf(error).slice(0, 1_000).toWellFormed();
}

function textOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  try {
    return String(error);
  } catch {
    return 'something that cannot be shown was thrown';
  }
}
