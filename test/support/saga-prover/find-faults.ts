import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Finding } from './mutation-worker.ts';
import type { Mutation } from './mutations/mutation.ts';

/** Looks for each planted fault, in as many threads as are given. */
export async function findFaults(
  mutations: readonly Mutation[],
  threads: number,
): Promise<readonly Finding[]> {
  const shares = Array.from({ length: threads }, (_, thread) =>
    mutations.filter((_mutation, index) => index % threads === thread),
  );
  const findings = await Promise.all(shares.map(findShare));
  return findings.flat();
}

async function findShare(share: readonly Mutation[]): Promise<readonly Finding[]> {
  const worker = new Worker(new URL('mutation-worker.ts', import.meta.url), { workerData: share });
  const findings: Finding[] = [];
  worker.on('message', (finding: Finding) => findings.push(finding));
  // Rejects when the thread dies of an error.
  await once(worker, 'exit');
  return findings;
}
