import type { RetryContext } from '../core/contract.ts';
import type { HostLog } from '../host-log.ts';
import { pause } from '../pause.ts';
import { errorText } from '../settings/host-problem.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { Delivery, InvocationOutcome, Invoker } from './invoker.ts';
import { nextDelay } from './retry-policy.ts';

export interface RetryServices {
  readonly invoker: Invoker;
  readonly log: HostLog;
  readonly random: () => number;
}

/**
 * Repeats a failed invocation in memory as the function's retry policy says, each attempt with an
 * invocation id of its own. Without a policy there is one attempt.
 *
 * An aborted signal ends the waiting: the outcome is then the last failure.
 */
export async function invokeWithRetry(
  services: RetryServices,
  call: { readonly definition: FunctionDefinition; readonly delivery: Delivery },
  signal: AbortSignal,
): Promise<InvocationOutcome> {
  const { definition, delivery } = call;
  const { retry } = definition;
  if (retry === undefined) return services.invoker.invoke(definition, delivery);
  let context: RetryContext = { retryCount: 0, maxRetryCount: retry.maxRetryCount };
  for (;;) {
    const outcome = await services.invoker.invoke(definition, delivery, context);
    if (outcome.ok) return outcome;
    const failures = context.retryCount + 1;
    const delay = nextDelay(retry, failures, services.random());
    if (delay === undefined) return outcome;
    const message = `Waiting ${delay} ms before retry ${failures} (maximum ${retry.maxRetryCount})`;
    services.log.write('information', `Function.${definition.name}`, message);
    if (!(await pause(delay, signal))) return outcome;
    const exception = { message: errorText(outcome.problem), stackTrace: stackOf(outcome.problem) };
    context = { retryCount: failures, maxRetryCount: retry.maxRetryCount, exception };
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? '') : '';
}
