import { Ajv2020 } from 'ajv/dist/2020.js';
import type { AnySchemaObject, Options } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import type { CatalogueFault, CatalogueFile } from './catalogue-files.ts';
import type { CompiledSchemas, SchemaValidator } from './schema-violations.ts';

/**
 * How every schema of the catalogue is compiled, now or at build time: draft 2020-12, unknown
 * keywords and formats refused, all violations reported, none with a text of Ajv's.
 */
export const compileOptions = {
  strict: true,
  allErrors: true,
  allowUnionTypes: true,
  messages: false,
  formats: fullFormats,
} as const satisfies Options;

/** Compiles every `v{N}.schema.json`. */
export function compileSchemas(files: readonly CatalogueFile[]): CompiledSchemas {
  const ajv = new Ajv2020(compileOptions);
  const validators = new Map<string, SchemaValidator>();
  const faults: CatalogueFault[] = [];
  for (const { path, text } of files) {
    if (!path.endsWith('.schema.json')) continue;
    try {
      validators.set(path, ajv.compile(parseSchema(text)));
    } catch (error) {
      faults.push({ path, problem: `does not compile: ${String(error)}` });
    }
  }
  return { validators, faults };
}

/** The schema in a file's text. Errors: a plain `Error` that says what is wrong. */
export function parseSchema(text: string): AnySchemaObject {
  const schema: unknown = JSON.parse(text);
  if (typeof schema !== 'object' || schema === null) throw new Error('a schema is an object');
  const closed = closedAt(schema, '');
  if (closed !== undefined) throw new Error(`${closed} closes the schema to unknown fields`);
  return schema;
}

/** Where a schema refuses fields that it does not know: producers may add one at any time. */
function closedAt(schema: object, where: string): string | undefined {
  const members: readonly (readonly [string, unknown])[] = Object.entries(schema);
  for (const [key, value] of members) {
    const here = `${where}/${key}`;
    if (value === false && /^(?:additional|unevaluated)Properties$/.test(key)) return here;
    const inner = typeof value === 'object' && value !== null ? closedAt(value, here) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}
