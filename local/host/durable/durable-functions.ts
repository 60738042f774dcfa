import type { Delivery, InvocationOutcome } from '../invocation/invoker.ts';
import type { FunctionNames } from './replay/function-names.ts';

/** A function that the durable engine runs. */
export interface DurableFunction {
  readonly definition: { readonly name: string };
  invoke(delivery: Delivery): Promise<InvocationOutcome>;
}

export type DurableKind = 'activity' | 'orchestrator' | 'entity';

/** The durable functions of the app. Names are compared in any case, as in the real host. */
export class DurableFunctions implements FunctionNames {
  readonly #functions = new Map<string, DurableFunction>();

  add(kind: DurableKind, target: DurableFunction): void {
    this.#functions.set(key(kind, target.definition.name), target);
  }

  get(kind: DurableKind, name: string): DurableFunction | undefined {
    return this.#functions.get(key(kind, name));
  }

  get isEmpty(): boolean {
    return this.#functions.size === 0;
  }

  hasActivity(name: string): boolean {
    return this.get('activity', name) !== undefined;
  }

  hasOrchestrator(name: string): boolean {
    return this.get('orchestrator', name) !== undefined;
  }

  hasEntity(name: string): boolean {
    return this.get('entity', name) !== undefined;
  }
}

function key(kind: DurableKind, name: string): string {
  return `${kind}/${name.toLowerCase()}`;
}
