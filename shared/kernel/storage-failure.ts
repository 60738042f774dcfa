import { AppError } from './app-error.ts';

/** The HTTP status of a failed request, or undefined when there was no answer. */
export function statusOf(cause: unknown): number | undefined {
  if (typeof cause !== 'object' || cause === null || !('statusCode' in cause)) return undefined;
  return typeof cause.statusCode === 'number' ? cause.statusCode : undefined;
}

/**
 * What a failed storage request is to the application: `storage.unavailable` (transient) when the
 * store is down, slow, throttling or refuses our credentials for now, otherwise
 * `storage.unexpected_answer` (permanent).
 */
export function storageFailure(cause: unknown, request: string): AppError {
  const status = statusOf(cause);
  const details = { request, status };
  if (status === undefined || status >= 500 || temporary.has(status)) {
    const message = `Storage did not answer: ${request}.`;
    return new AppError('storage.unavailable', message, { kind: 'transient', cause, details });
  }
  const message = `Storage refused: ${request}.`;
  return new AppError('storage.unexpected_answer', message, { kind: 'permanent', cause, details });
}

const temporary: ReadonlySet<number> = new Set([401, 403, 408, 429]);

/**
 * The answer, or undefined for a status that is an outcome and not a failure.
 * Errors: as `storageFailure`.
 */
export async function orStatus<Answer>(
  outcomes: readonly number[],
  request: Promise<Answer>,
  name: string,
): Promise<Answer | undefined> {
  try {
    return await request;
  } catch (cause) {
    const status = statusOf(cause);
    if (status !== undefined && outcomes.includes(status)) return undefined;
    throw storageFailure(cause, name);
  }
}
