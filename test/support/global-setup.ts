import type { TestProject } from 'vitest/node';
import { startAzurite } from './azurite.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of an Azurite that all test files share: choose unique names. */
    readonly storageConnection: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 24) {
    throw new Error(
      `Tests run on Node 24, this is ${process.versions.node}. Run them as "npm test": ` +
        'the "node" package puts Node 24 on the path of npm scripts.',
    );
  }
  const azurite = await startAzurite();
  project.provide('storageConnection', azurite.connection);
  return azurite.stop;
}
