import { hookNames, type HookCallback, type HookName } from './contract.ts';

/** The hooks that the app has registered. They run one after another, in order of registration. */
export class HookRegistry {
  readonly #hooks = new Map<HookName, Set<{ readonly callback: HookCallback }>>(
    hookNames.map((name) => [name, new Set()]),
  );

  /** Answers how to take the hook away again; undefined if there is no hook of that name. */
  add(name: string, callback: HookCallback): (() => void) | undefined {
    const known = hookNames.find((candidate) => candidate === name);
    const hooks = known === undefined ? undefined : this.#hooks.get(known);
    if (hooks === undefined) return undefined;
    const hook = { callback };
    hooks.add(hook);
    return () => void hooks.delete(hook);
  }

  /** Waits for each hook; what one throws goes to the caller and the later ones do not run. */
  async run(name: HookName, context: object): Promise<void> {
    for (const hook of this.#hooks.get(name) ?? []) await hook.callback(context);
  }

  /** Runs hooks that may not wait: those of the log. */
  runAtOnce(name: HookName, context: object): void {
    for (const hook of this.#hooks.get(name) ?? []) void hook.callback(context);
  }
}
