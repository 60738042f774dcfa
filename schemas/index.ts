/** The event catalogue: one folder per event type. How to add one: README. */
export { loadCatalogueFiles } from './files.ts';
export { loadValidators } from './validators.ts';
export { upcastersOf } from './upcasters.ts';
