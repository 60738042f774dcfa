/** Builds the deployed application into `dist/`. rolldown's own command prints a table of chunks. */
import { build } from 'rolldown';
import options from './rolldown.config.ts';

await build(options);
