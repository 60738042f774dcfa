import { createRequire, registerHooks } from 'node:module';

/** The part of a host's typed data that these tests send. */
export type TypedData =
  | { readonly string: string }
  | { readonly json: string }
  | { readonly bytes: Uint8Array }
  | { readonly collectionBytes: { readonly bytes: readonly Uint8Array[] } }
  | { readonly collectionString: { readonly string: readonly string[] } }
  | { readonly collectionSint64: { readonly sint64: readonly unknown[] } };

export interface HostInvocation {
  readonly input: TypedData;
  readonly metadata: Readonly<Record<string, TypedData>>;
}

interface InvocationModel {
  getArguments(): Promise<{ context: { triggerMetadata?: unknown }; inputs: unknown[] }>;
}

interface ProgrammingModel {
  getInvocationModel(context: unknown): InvocationModel;
}

interface Functions {
  readonly app: { generic(name: string, options: unknown): void };
}

/**
 * Runs the real @azure/functions library as a host does, up to the arguments of the handler: what
 * it does to input and metadata is what a trigger will see.
 */
export function createHostLibrary(): {
  readonly argumentsOf: (
    invocation: HostInvocation,
  ) => Promise<{ input: unknown; metadata: unknown }>;
} {
  const models: ProgrammingModel[] = [];
  const core = {
    version: '1.0.0',
    hostVersion: '4.1000.0',
    registerFunction: () => undefined,
    registerHook: () => undefined,
    log: () => undefined,
    setProgrammingModel: (model: ProgrammingModel) => models.push(model),
    getProgrammingModel: () => models[0],
  };
  Object.assign(globalThis, { bronzeflowTestCore: core });
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '@azure/functions-core'
        ? { url: 'bronzeflow-test:core', format: 'commonjs', shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) =>
      url === 'bronzeflow-test:core'
        ? {
            format: 'commonjs',
            source: 'module.exports = globalThis.bronzeflowTestCore',
            shortCircuit: true,
          }
        : next(url, context),
  });
  const { app } = createRequire(import.meta.url)('@azure/functions') as Functions;
  app.generic('probe', { trigger: { type: 'eventHubTrigger', name: 'in' }, handler: () => 0 });
  hooks.deregister();
  return { argumentsOf: (invocation) => argumentsOf(models, invocation) };
}

async function argumentsOf(
  models: readonly ProgrammingModel[],
  { input, metadata }: HostInvocation,
): Promise<{ input: unknown; metadata: unknown }> {
  const invocation = models[0]?.getInvocationModel({
    invocationId: 'invocation',
    metadata: { name: 'probe', bindings: { in: { type: 'eventHubTrigger', direction: 'in' } } },
    request: {
      invocationId: 'invocation',
      inputData: [{ name: 'in', data: input }],
      triggerMetadata: metadata,
    },
    log: () => undefined,
    state: undefined,
  });
  if (invocation === undefined) throw new Error('the library has set no programming model');
  const { context, inputs } = await invocation.getArguments();
  return { input: inputs[0], metadata: context.triggerMetadata };
}
