import { _ } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { compileOptions, parseSchema } from './ajv-validators.ts';
import type { CatalogueFile } from './catalogue-files.ts';

/** Ajv's only run-time function that our schemas need: the length of a text in code points. */
const codePointLength = '(text) => { let n = 0; for (const _ of text) n += 1; return n; }';
const codePointRequire = 'require("ajv/dist/runtime/ucs2length").default';

/**
 * The source of an ES module that exports `validators`, a Map from path to validator with the same
 * answers as `compileSchemas`. It imports the format patterns only, so that neither Ajv nor any
 * compiling is part of a cold start.
 */
export function standaloneSource(files: readonly CatalogueFile[]): string {
  const ajv = new Ajv2020({
    ...compileOptions,
    code: { source: true, esm: true, formats: _`fullFormats` },
  });
  const schemas = files.filter(({ path }) => path.endsWith('.schema.json'));
  const names = schemas.map(({ path, text }, index) => {
    ajv.addSchema(parseSchema(text), path);
    return [`validator${index}`, path] as const;
  });
  const code = standalone
    .default(ajv, Object.fromEntries(names))
    .replaceAll('"use strict";', '')
    .replaceAll(codePointRequire, codePointLength);
  if (code.includes('require(')) throw new Error('a schema needs a run-time module of Ajv');
  const entries = names.map(([name, path]) => `[${JSON.stringify(path)}, ${name}]`);
  return [
    "import { fullFormats } from 'ajv-formats/dist/formats.js';",
    code,
    `export const validators = new Map([${entries.join(', ')}]);`,
  ].join('\n');
}
