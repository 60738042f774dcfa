import { pathToFileURL } from 'node:url';
import { installFunctionsCore } from './functions-core.ts';

// Loads the entry that is named on the command line as a Functions worker does, and prints what it
// registered, with every module that was loaded for it, as one line of JSON.
const [entry = ''] = process.argv.slice(2);
const { functions, hooks, models } = installFunctionsCore();
const startedAt = performance.now();
await import(pathToFileURL(entry).href);
const importMs = performance.now() - startedAt;
console.log(
  JSON.stringify({
    importMs,
    functions: functions.map(({ metadata }) => metadata),
    hooks: hooks.map(({ name }) => name),
    capabilities: models[0]?.getCapabilities({}),
  }),
);
