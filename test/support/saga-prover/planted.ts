import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Mutation } from './mutations/mutation.ts';
import { sourceRoot } from './subject.ts';

const copied = ['sagas', 'domain', 'shared/kernel'];

/** The sources in folders of their own, each with one planted fault. */
export class PlantedFaults implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'saga-prover-'));
  #count = 0;

  /** Where the sources with this fault are. */
  plant({ file, search, replace }: Mutation): URL {
    this.#count += 1;
    const root = join(this.#folder, String(this.#count));
    const from = fileURLToPath(sourceRoot);
    for (const folder of copied)
      cpSync(join(from, folder), join(root, folder), { recursive: true });
    writeFileSync(join(root, 'package.json'), '{"type":"module"}');
    const path = join(root, file);
    // The replacement is no pattern: `$&` in it would mean something to `replace` otherwise.
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace(search, () => replace),
    );
    return pathToFileURL(`${root}/`);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** How often the text of a mutation occurs in the sources as they are. */
export function occurrences({ file, search }: Mutation): number {
  return readFileSync(new URL(file, sourceRoot), 'utf8').split(search).length - 1;
}
