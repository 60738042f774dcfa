export { openCatalogue } from './catalogue.ts';
export type { CatalogueFile } from './catalogue-files.ts';
export type { CompiledSchemas } from './schema-violations.ts';
export { upcast } from './upcast.ts';
export type { Upcaster } from './upcast.ts';
