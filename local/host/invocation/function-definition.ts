import type { BindingInfo, FunctionCallback, FunctionMetadata } from '../core/contract.ts';
import type { RegisteredFunction } from '../core/core-module.ts';
import type { HostProblem } from '../settings/host-problem.ts';
import { parseRetryPolicy, type RetryPolicy } from './retry-policy.ts';

/** One function of the app, as its registration says. */
export interface FunctionDefinition {
  readonly name: string;
  readonly trigger: {
    /** The name under which the trigger's value is handed over. */
    readonly bindingName: string;
    readonly type: string;
    /** The options as written: `%SETTING%` tokens are not replaced. */
    readonly options: BindingInfo;
  };
  /** The inputs that are to be given a client of Durable Functions, by name. */
  readonly clientInputs: readonly string[];
  readonly retry: RetryPolicy | undefined;
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

/** How a problem names a function. */
export function nameFunction(name: string): string {
  return `function "${name}"`;
}

/** Checks one registration; whatever the host cannot do is refused here, by name. */
export function defineFunction(
  { metadata, callback }: RegisteredFunction,
  problems: HostProblem[],
): FunctionDefinition | undefined {
  const where = nameFunction(metadata.name);
  const bindings = Object.entries(metadata.bindings);
  const triggers = bindings.filter(([, binding]) => isTrigger(binding));
  problems.push(...bindings.flatMap((entry) => refuseBinding(where, entry)));
  const [trigger] = triggers;
  if (trigger === undefined || triggers.length > 1) {
    const problem = `has ${triggers.length} triggers`;
    problems.push({
      where,
      key: 'trigger',
      problem,
      remedy: 'Register it with exactly one trigger',
    });
    return undefined;
  }
  const retry = metadata.retryOptions && parseRetryPolicy(metadata.retryOptions);
  if (typeof retry === 'string') {
    problems.push({ where, key: 'retry', problem: retry, remedy: 'Correct the retry options' });
    return undefined;
  }
  const [bindingName, options] = trigger;
  const type = options.type ?? '';
  return {
    name: metadata.name,
    trigger: { bindingName, type, options },
    clientInputs: bindings.filter(([, each]) => isClientInput(each)).map(([name]) => name),
    retry,
    metadata,
    callback,
  };
}

function isTrigger(binding: BindingInfo): boolean {
  return binding.type?.toLowerCase().endsWith('trigger') ?? false;
}

function isClientInput(binding: BindingInfo): boolean {
  return binding.type?.toLowerCase() === 'durableclient' && binding.direction !== 'out';
}

/** The reply of an HTTP function is the only output, a Durable Functions client the only input. */
function refuseBinding(where: string, [name, binding]: [string, BindingInfo]): HostProblem[] {
  const isReply = name === '$return' && binding.type?.toLowerCase() === 'http';
  if (isTrigger(binding) || isReply || isClientInput(binding)) return [];
  const side = binding.direction === 'out' ? 'output' : 'input';
  return [
    {
      where,
      key: name,
      problem: `the ${side} binding "${binding.type ?? ''}" is not available in the embedded host`,
      remedy: "Use the service's own client in the function, or run the app in Core Tools",
    },
  ];
}
