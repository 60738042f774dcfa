import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'rolldown';
import { catalogueModule, standaloneValidators } from './schemas/bundle.ts';

/** Modules that read or compile at run time, and the source that takes their place in the bundle. */
const replaced = new Map([
  [join(import.meta.dirname, 'schemas/files.ts'), catalogueModule],
  [join(import.meta.dirname, 'schemas/validators.ts'), standaloneValidators],
]);

/** Puts the catalogue into the bundle: texts inlined, schemas compiled, no folder read at start. */
const inlineCatalogue: Plugin = {
  name: 'inline-catalogue',
  load: (id) => {
    const source = replaced.get(id);
    return source === undefined ? undefined : { code: source(), moduleType: 'js' };
  },
};

const entry = join(import.meta.dirname, 'functions/index.ts');

/**
 * The deployed application: a small entry that registers the triggers, and a chunk for everything
 * that it loads with `import()`. The worker provides `@azure/functions-core`.
 */
const options = {
  input: { index: entry },
  platform: 'node',
  external: ['@azure/functions-core'],
  plugins: [inlineCatalogue],
  transform: { target: 'node24' },
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'esm',
    minify: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    // One file for all that the entry imports at once: each file costs a cold start half a millisecond.
    codeSplitting: {
      groups: [{ name: 'initial', tags: ['$initial'], test: (id) => id !== entry }],
    },
  },
} satisfies BuildOptions;

export default options;
