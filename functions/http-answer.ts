import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { AppError } from '../shared/kernel/app-error.ts';
import type { Result } from '../shared/kernel/result.ts';
import type { Services } from './compose.ts';
import { problemResponse, type Problem } from './http-problem.ts';
import type { Registration } from './registration.ts';

/** Runs a request; what goes wrong is a problem to the caller as well as to the log. */
export async function answer(
  { run }: Registration,
  context: InvocationContext,
  work: (services: Services) => Promise<HttpResponseInit>,
): Promise<HttpResponseInit> {
  try {
    return await run(context, work);
  } catch (error) {
    const code = error instanceof AppError ? error.code : 'bug';
    context.error('A request failed', { code, reason: String(error) });
    const isTransient = error instanceof AppError && error.kind === 'transient';
    return problemResponse(isTransient ? unavailable : broken);
  }
}

const unavailable: Problem = {
  status: 503,
  code: 'dependency-unavailable',
  title: 'Something that is needed does not answer',
  detail: 'Storage, a broker or the durable engine is down or slow.',
  remedy: 'Repeat the request after a few seconds, with the same Idempotency-Key.',
};

const broken: Problem = {
  status: 500,
  code: 'unexpected',
  title: 'The request failed',
  detail: 'The application met what it did not expect; its log has the cause.',
  remedy: 'Repeat the request once; then report the time of the request to the operator.',
};

/** The answer, or the problem in its place. */
export function respond<Answer>(
  result: Result<Answer, Problem>,
  toResponse: (answer: Answer) => HttpResponseInit,
): HttpResponseInit {
  return result.ok ? toResponse(result.value) : problemResponse(result.problem);
}

/** Longer keys are cut: what tells two of them apart stands before that. */
const maxKeyLength = 200;

/** A header, cut to a bounded length; undefined when it is absent or empty. */
export function header(request: HttpRequest, name: string): string | undefined {
  const value = request.headers.get(name);
  return value === null || value === '' ? undefined : value.slice(0, maxKeyLength);
}

/** A parameter of the route. */
export function parameter(request: HttpRequest, name: string): string {
  return request.params[name] ?? '';
}
