import type { DurationMs } from '../../../shared/kernel/time.ts';
import type { Result } from '../../../shared/kernel/result.ts';
import { fail, succeed } from '../../../shared/kernel/result.ts';
import type {
  CoreInvocationContext,
  InvocationModel,
  InvocationRequest,
  InvocationResponse,
  InvocationState,
  LogCategory,
  LogLevel,
  RetryContext,
  TypedData,
} from '../core/contract.ts';
import type { AppRegistry } from '../core/core-module.ts';
import type { HostLog } from '../host-log.ts';
import { errorText } from '../settings/host-problem.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { newTraceParent } from './trace-parent.ts';
import { ofText } from './typed-data.ts';

/** One thing that a trigger hands to its function. */
export interface Delivery {
  readonly data: TypedData;
  readonly metadata: Readonly<Record<string, TypedData>>;
  /** W3C trace context of who sent it; a new one if absent. */
  readonly traceParent?: string | undefined;
  /** Only for HTTP streaming, where the id is needed before the invocation. */
  readonly invocationId?: string;
}

/** The reply of the function, or what it threw. */
export type InvocationOutcome = Result<InvocationResponse, unknown>;

export interface InvokerOptions {
  readonly registry: AppRegistry;
  readonly log: HostLog;
  readonly newId: () => string;
  /** An invocation that takes longer has failed; undefined: no limit. */
  readonly functionTimeout: DurationMs | undefined;
  /** What a client of Durable Functions is made of, as JSON. */
  readonly durableClient: string;
}

/** Runs invocations through the library's model and the app's hooks, as the real worker does. */
export class Invoker {
  readonly #options: InvokerOptions;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: InvokerOptions) {
    this.#options = options;
  }

  /** Never throws: a failed invocation is an outcome. */
  async invoke(
    definition: FunctionDefinition,
    delivery: Delivery,
    retryContext?: RetryContext,
  ): Promise<InvocationOutcome> {
    const request = this.#request(definition, delivery, retryContext);
    const run = this.#withTimeout(this.#run(definition, request));
    this.#running.add(run);
    try {
      return succeed(await run);
    } catch (error) {
      const { invocationId } = request;
      const trace = error instanceof Error ? (error.stack ?? error.message) : errorText(error);
      const message = `Invocation ${invocationId} failed: ${trace}`;
      this.#options.log.write('error', `Function.${definition.name}`, message);
      return fail(error);
    } finally {
      this.#running.delete(run);
    }
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  #request(
    definition: FunctionDefinition,
    delivery: Delivery,
    retryContext: RetryContext | undefined,
  ): InvocationRequest {
    const { newId, durableClient } = this.#options;
    const { trigger, clientInputs } = definition;
    return {
      invocationId: delivery.invocationId ?? newId(),
      functionId: definition.metadata.functionId ?? definition.name,
      inputData: [
        { name: trigger.bindingName, data: delivery.data },
        ...clientInputs.map((name) => ({ name, data: ofText(durableClient) })),
      ],
      triggerMetadata: delivery.metadata,
      traceContext: { traceParent: delivery.traceParent ?? newTraceParent(newId), attributes: {} },
      ...(retryContext && { retryContext }),
    };
  }

  async #run(
    definition: FunctionDefinition,
    request: InvocationRequest,
  ): Promise<InvocationResponse> {
    const { registry } = this.#options;
    if (registry.programmingModel === undefined) throw new Error('No programming model is set.');
    const core = this.#coreContext(definition, request);
    const model = await registry.programmingModel.getInvocationModel(core);
    const { context, inputs } = await model.getArguments();
    core.invocationContext = context;
    const shared = {
      hookData: {},
      appHookData: registry.appHookData,
      invocationContext: context,
    };
    const before = { ...shared, inputs, functionCallback: definition.callback };
    await inState(core, 'preInvocationHooks', () => registry.hooks.run('preInvocation', before));
    const after = { ...shared, ...(await runHandler(core, model, before)) };
    await inState(core, 'postInvocationHooks', () => registry.hooks.run('postInvocation', after));
    // A hook may replace the error, or take it away with null.
    if (after.error !== null && after.error !== undefined) throw toError(after.error);
    return model.getResponse(context, after.result);
  }

  #coreContext(definition: FunctionDefinition, request: InvocationRequest): ObservedContext {
    const { registry, log } = this.#options;
    const context: ObservedContext = {
      invocationId: request.invocationId,
      request,
      metadata: definition.metadata,
      state: undefined,
      invocationContext: undefined,
      log(level: LogLevel, category: LogCategory, message: string) {
        const { invocationContext } = context;
        const entry = { level, message, category, hookData: {}, invocationContext };
        registry.hooks.runAtOnce('log', entry);
        const suffix = category === 'user' ? '.User' : '';
        log.write(entry.level, `Function.${definition.name}${suffix}`, entry.message);
      },
    };
    return context;
  }

  async #withTimeout<Value>(run: Promise<Value>): Promise<Value> {
    const { functionTimeout } = this.#options;
    if (functionTimeout === undefined) return run;
    const { promise, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(new Error(`Timeout value of ${functionTimeout} ms was exceeded by the function.`));
    }, functionTimeout);
    try {
      return await Promise.race([run, promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

interface ObservedContext extends CoreInvocationContext {
  /** The library's own context, for the hooks of the log. */
  invocationContext: unknown;
}

type BeforeInvocation = Readonly<{
  invocationContext: unknown;
  inputs: unknown[];
  functionCallback: FunctionDefinition['callback'];
}>;

async function runHandler(
  core: CoreInvocationContext,
  model: InvocationModel,
  { invocationContext, inputs, functionCallback }: BeforeInvocation,
): Promise<{ inputs: unknown[]; result: unknown; error: unknown }> {
  try {
    const result = await inState(core, 'invocation', () =>
      model.invokeFunction(invocationContext, inputs, functionCallback),
    );
    return { inputs, result, error: null };
  } catch (error) {
    return { inputs, result: null, error: error ?? new Error('Unknown error') };
  }
}

async function inState<Value>(
  core: CoreInvocationContext,
  state: InvocationState,
  run: () => Promise<Value>,
): Promise<Value> {
  core.state = state;
  try {
    return await run();
  } finally {
    core.state = undefined;
  }
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(errorText(thrown));
}
