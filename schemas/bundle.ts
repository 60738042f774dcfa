import { standaloneSource } from '../shared/schema/standalone-validators.ts';
import { loadCatalogueFiles } from './files.ts';

/** The source of an ES module to put in place of `files.ts` in a bundle: the texts inlined. */
export function catalogueModule(): string {
  const files = loadCatalogueFiles().map(({ path, text }) => ({ path, text: compact(text) }));
  return `const files = ${JSON.stringify(files)};\nexport function loadCatalogueFiles() { return files; }\n`;
}

/** The source of an ES module to put in place of `validators.ts` in a bundle: the schemas compiled. */
export function standaloneValidators(): string {
  return [
    standaloneSource(loadCatalogueFiles()),
    'export function loadValidators() { return { validators, faults: [] }; }\n',
  ].join('\n');
}

function compact(json: string): string {
  return JSON.stringify(JSON.parse(json));
}
