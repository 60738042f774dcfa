import { enableCompileCache } from 'node:module';

// Hosts are started often, by tests above all: compiled code is kept, which halves the start. What
// is imported statically is compiled before this line runs, hence the dynamic import.
enableCompileCache();

const { runHostProcess } = await import('./host-process.ts');
await runHostProcess();
