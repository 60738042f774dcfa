import { compileSchemas } from '../shared/schema/ajv-validators.ts';
import type { CompiledSchemas } from '../shared/schema/index.ts';
import { loadCatalogueFiles } from './files.ts';

/**
 * The compiled JSON Schemas of the catalogue. Compiled here; the deployed bundle has a module of
 * generated code in its place (`bundle.ts`), so that it carries no compiler.
 */
export function loadValidators(): CompiledSchemas {
  return compileSchemas(loadCatalogueFiles());
}
