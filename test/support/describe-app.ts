import { pathToFileURL } from 'node:url';
import { installFunctionsCore } from './functions-core.ts';

// Loads the entry that is named on the command line as a Functions worker does, and prints what it
// registered as one line of JSON; with --start it also runs the hooks that run before listeners.
const [entry = '', isStarted = ''] = process.argv.slice(2);
const { functions, hooks, models } = installFunctionsCore();
const startedAt = performance.now();
await import(pathToFileURL(entry).href);
const importMs = performance.now() - startedAt;
const starting = isStarted === '--start' ? hooks.filter(({ name }) => name === 'appStart') : [];
for (const { callback } of starting) await callback({});
console.log(
  JSON.stringify({
    importMs,
    functions: functions.map(({ metadata }) => metadata),
    hooks: hooks.map(({ name }) => name),
    capabilities: await models[0]?.getCapabilities({}),
  }),
);
// What runs in the background after a start would keep the process alive.
process.exit(0);
