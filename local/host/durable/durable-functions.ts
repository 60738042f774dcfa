import type { TriggeredFunction } from '../triggers/trigger-kind.ts';
import type { FunctionNames } from './replay/function-names.ts';

export type DurableKind = 'activity' | 'orchestrator' | 'entity';

/** The durable functions of the app. Names are compared in any case, as in the real host. */
export class DurableFunctions implements FunctionNames {
  readonly #functions = new Map<string, TriggeredFunction>();

  add(kind: DurableKind, target: TriggeredFunction): void {
    this.#functions.set(key(kind, target.definition.name), target);
  }

  get(kind: DurableKind, name: string): TriggeredFunction | undefined {
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
