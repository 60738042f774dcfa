export { openCatalogue } from './catalogue.ts';
export type { CatalogueSources } from './catalogue.ts';
export type { CatalogueFault, CatalogueFile } from './catalogue-files.ts';
export type { CompiledSchemas } from './schema-violations.ts';
export { upcast } from './upcast.ts';
export type { EventData, Upcaster, Versioned } from './upcast.ts';
