/**
 * Builds the deployed application into `dist/`. A catalogue with a fault is never deployed: the build
 * ends with the list of its faults. (rolldown's own command prints a table of chunks.)
 */
import { build } from 'rolldown';
import options from './rolldown.config.ts';
import { loadCatalogueFiles, loadValidators } from './schemas/index.ts';
import { AppError } from './shared/kernel/app-error.ts';
import { openCatalogue } from './shared/schema/index.ts';

try {
  openCatalogue({ files: loadCatalogueFiles(), ...loadValidators() });
  await build(options);
} catch (error) {
  if (!(error instanceof AppError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
