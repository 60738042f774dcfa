import { createRequire } from 'node:module';
import { installFunctionsCore, type ProgrammingModel } from './functions-core.ts';

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

export interface HandlerArguments {
  readonly input: unknown;
  readonly metadata: unknown;
}

/**
 * Runs the real @azure/functions library as a host does, up to the arguments of the handler: what
 * it does to input and metadata is what a trigger will see.
 */
export function createHostLibrary(): {
  readonly argumentsOf: (invocation: HostInvocation) => Promise<HandlerArguments>;
} {
  const { models, remove } = installFunctionsCore();
  const library = createRequire(import.meta.url)('@azure/functions') as {
    readonly app: { generic(name: string, options: unknown): void };
  };
  const trigger = { type: 'eventHubTrigger', name: 'in' };
  library.app.generic('probe', { trigger, handler: () => undefined });
  remove();
  const [model] = models;
  if (model === undefined) throw new Error('the library has set no programming model');
  return { argumentsOf: (invocation) => argumentsOf(model, invocation) };
}

async function argumentsOf(
  model: ProgrammingModel,
  { input, metadata }: HostInvocation,
): Promise<HandlerArguments> {
  const invocation = model.getInvocationModel({
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
  const { context, inputs } = await invocation.getArguments();
  return { input: inputs[0], metadata: context.triggerMetadata };
}
