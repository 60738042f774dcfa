import { defineFunction, nameFunction } from '../invocation/function-definition.ts';
import type { FunctionDefinition } from '../invocation/function-definition.ts';
import { invokeWithRetry } from '../invocation/invoke-with-retry.ts';
import type { RegisteredFunction } from '../core/core-module.ts';
import { HostStartError, type HostProblem } from '../settings/host-problem.ts';
import { OptionReader } from '../settings/option-reader.ts';
import type { HostServices, Listener, TriggeredFunction, TriggerKind } from './trigger-kind.ts';

export interface PreparedFunction {
  readonly definition: FunctionDefinition;
  readonly listener: Listener;
}

/** The types of trigger that this host can run. */
export class TriggerKinds {
  readonly #kinds = new Map<string, TriggerKind>();

  /** Adds a type of trigger; a later one of the same type takes its place. */
  registerTriggerKind(kind: TriggerKind): void {
    this.#kinds.set(kind.type.toLowerCase(), kind);
  }

  /**
   * Prepares the listener of every function.
   *
   * Errors: `HostStartError` with every problem of every function.
   */
  prepareAll(
    functions: Iterable<RegisteredFunction>,
    services: HostServices,
    random: () => number,
  ): PreparedFunction[] {
    const problems: HostProblem[] = [];
    const prepared = [...functions].flatMap((registered) => {
      const definition = defineFunction(registered, problems);
      if (definition === undefined) return [];
      const listener = this.#prepare(definition, problems, { services, random });
      return listener === undefined ? [] : [{ definition, listener }];
    });
    if (problems.length > 0) throw new HostStartError(problems);
    return prepared;
  }

  #prepare(
    definition: FunctionDefinition,
    problems: HostProblem[],
    { services, random }: { services: HostServices; random: () => number },
  ): Listener | undefined {
    const { name, trigger } = definition;
    const where = nameFunction(name);
    const kind = this.#kinds.get(trigger.type.toLowerCase());
    if (kind === undefined) {
      const known = [...this.#kinds.values()].map(({ type }) => type).join(', ');
      const problem = `the trigger type "${trigger.type}" is not available in the embedded host`;
      problems.push({ where, key: 'trigger', problem, remedy: `Use one of ${known}` });
      return undefined;
    }
    const options = new OptionReader({
      where,
      values: trigger.options,
      settings: services.settings,
    });
    const listener = kind.prepare(triggered(definition, services, random), options, services);
    problems.push(...options.problems);
    return listener;
  }
}

function triggered(
  definition: FunctionDefinition,
  services: HostServices,
  random: () => number,
): TriggeredFunction {
  const { invoker, log } = services;
  return {
    definition,
    invoke: (delivery) => invoker.invoke(definition, delivery),
    invokeWithRetry: (delivery, signal) =>
      invokeWithRetry({ invoker, log, random }, { definition, delivery }, signal),
  };
}
