import { registerHooks } from 'node:module';
import type { CoreModule } from './contract.ts';

const coreSpecifier = '@azure/functions-core';
const coreUrl = 'bronzeflow-host:functions-core';
const globalName = 'bronzeflow-host.functions-core';

/**
 * Makes `@azure/functions-core` resolvable, for `import` and `require` alike, in this process.
 * It has to happen before the app loads: the library keeps the first answer, also a failed one.
 */
export function installCore(core: CoreModule): void {
  Object.defineProperty(globalThis, Symbol.for(globalName), { value: core, configurable: true });
  const source = `module.exports = globalThis[Symbol.for(${JSON.stringify(globalName)})];`;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (specifier !== coreSpecifier) return nextResolve(specifier, context);
      return { url: coreUrl, format: 'commonjs', shortCircuit: true };
    },
    load(url, context, nextLoad) {
      if (url !== coreUrl) return nextLoad(url, context);
      return { format: 'commonjs', source, shortCircuit: true };
    },
  });
}
