/** Prints the milliseconds that importing an entry takes, with the worker's core module stubbed. */
import { pathToFileURL } from 'node:url';
import { installFunctionsCore } from '../test/support/functions-core.ts';

installFunctionsCore();
const startedAt = performance.now();
await import(pathToFileURL(process.argv[2] ?? '').href);
process.stdout.write(String(performance.now() - startedAt));
process.exit(0);
