import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CatalogueFile } from '../shared/schema/index.ts';

/**
 * The definitions and schemas of every event type, ascending by path. Read from the folders beside
 * this module; the deployed bundle has a module of inlined texts in its place (`bundle.ts`).
 */
export function loadCatalogueFiles(): readonly CatalogueFile[] {
  const root = import.meta.dirname;
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.(?:json|avsc)$/.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}
