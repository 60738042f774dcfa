import { registerHooks } from 'node:module';

/** What the library says of a function when it registers one. */
export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly retryOptions?: Readonly<Record<string, unknown>>;
}

type Handler = (input: unknown, context: unknown) => unknown;

export interface ProgrammingModel {
  getInvocationModel(context: unknown): {
    getArguments(): Promise<{ context: { triggerMetadata?: unknown }; inputs: unknown[] }>;
  };
  getCapabilities(defaults: Record<string, string>): Promise<Record<string, string>>;
}

/** What an application has told its host so far. */
export interface Registered {
  readonly functions: { metadata: FunctionMetadata; handler: Handler }[];
  readonly hooks: { name: string; callback: (context: unknown) => unknown }[];
  readonly models: ProgrammingModel[];
}

/**
 * Puts a core module in the place of the one that a Functions worker provides, for everything that
 * is loaded until `remove` is called.
 */
export function installFunctionsCore(): Registered & { readonly remove: () => void } {
  const registered: Registered = { functions: [], hooks: [], models: [] };
  const disposable = { dispose: () => undefined };
  const core = {
    version: '1.0.0',
    hostVersion: '4.1000.0',
    log: () => undefined,
    registerFunction: (metadata: FunctionMetadata, handler: Handler) => {
      registered.functions.push({ metadata, handler });
      return disposable;
    },
    registerHook: (name: string, callback: (context: unknown) => unknown) => {
      registered.hooks.push({ name, callback });
      return disposable;
    },
    setProgrammingModel: (model: ProgrammingModel) => registered.models.push(model),
    getProgrammingModel: () => registered.models[0],
  };
  Object.assign(globalThis, { testFunctionsCore: core });
  const url = 'test:functions-core';
  const source = 'module.exports = globalThis.testFunctionsCore';
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@azure/functions-core'
        ? { url, format: 'commonjs', shortCircuit: true }
        : next(specifier, context),
    load: (asked, context, next) =>
      asked === url ? { format: 'commonjs', source, shortCircuit: true } : next(asked, context),
  });
  return {
    ...registered,
    remove: () => {
      hooks.deregister();
    },
  };
}
