import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
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
    const eager = await stat('dist/index.js');
    const whole = sizes.reduce((sum, size) => sum + size, 0);
    return [
      {
        what: 'deployed package',
        value: whole / kilobyte,
        unit: 'KB',
        budget: 5.5 * kilobyte,
        kind: 'most',
        detail: `${files.length} files`,
      },
      {
        what: 'eager part of the package',
        value: eager.size / kilobyte,
        unit: 'KB',
        budget: 300,
        kind: 'most',
        detail: 'dist/index.js',
      },
    ];
  },
};
