import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Bench } from './measurement.ts';

const kilobyte = 1024;

/** What is deployed: everything, and the part that a cold start loads. */
export const packageSize: Bench = {
  name: 'package-size',
  run: async () => {
    const files = await readdir('dist', { recursive: true });
    const sizes = await Promise.all(
      files.map(async (file) => (await stat(join('dist', file))).size),
    );
    const eager = await eagerSizes(join('dist', 'index.js'));
    return [
      {
        what: 'deployed package',
        value: kilobytes(sizes),
        unit: 'KB',
        budget: 5.5 * kilobyte,
        kind: 'most',
        detail: `${files.length} files`,
      },
      {
        what: 'eager part of the package',
        value: kilobytes([...eager.values()]),
        unit: 'KB',
        budget: 300,
        kind: 'most',
        detail: `dist/index.js and what it imports, ${eager.size} files`,
      },
    ];
  },
};

/** Sizes of a bundled file and of every file that it imports statically. Unit: bytes. */
async function eagerSizes(file: string, sizes = new Map<string, number>()): Promise<typeof sizes> {
  if (sizes.has(file)) return sizes;
  const code = await readFile(file, 'utf8');
  sizes.set(file, Buffer.byteLength(code));
  for (const [, imported = ''] of code.matchAll(/\b(?:from|import)\s*["'](\.[^"']+)["']/g)) {
    await eagerSizes(join(dirname(file), imported), sizes);
  }
  return sizes;
}

function kilobytes(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0) / kilobyte;
}
