import { input, type InvocationContext } from '@azure/functions';
import type { SagaInstances } from '../shared/ports/sagas.ts';

/** What a function asks for that talks to durable instances. */
export const durableClientInputs = [input.generic({ type: 'durableClient' })];

/** The durable instances; the SDK is loaded when they are first asked for. */
export async function instancesOf(context: InvocationContext): Promise<SagaInstances> {
  const { openInstances } = await import('./sagas/durable-instances.ts');
  return openInstances(context);
}
