import type { BlobLeaseClient, BlockBlobClient } from '@azure/storage-blob';
import { pause } from '../pause.ts';
import { hasStatus } from './blob-service.ts';

/** The shortest lease the service gives: a killed host blocks its successor no longer than this. */
const leaseSeconds = 15;
const renewEveryMs = 5_000;
const retryEveryMs = 1_000;

export interface BlobLock {
  readonly blob: BlockBlobClient;
  /** Ends the holding. */
  readonly signal: AbortSignal;
  /** Told of trouble with the storage; another holder of the lease is no trouble. */
  readonly report: (error: unknown) => void;
  /** The work. It has to end soon after its signal is aborted: the lease is lost or given up. */
  readonly run: (held: AbortSignal) => Promise<void>;
}

/**
 * Runs something while holding the lease of a blob, so that one host at a time does it. After a loss
 * the lease is sought again; resolves only after the abort of the signal, with the lease given back.
 */
export async function whileHoldingBlob(lock: BlobLock): Promise<void> {
  while (!lock.signal.aborted) {
    const lease = await acquire(lock);
    if (lease === undefined) {
      await pause(retryEveryMs, lock.signal);
      continue;
    }
    const lost = new AbortController();
    const held = AbortSignal.any([lock.signal, lost.signal]);
    const renewing = renewUntilLost(lease, held, lost);
    await lock.run(held);
    lost.abort();
    await renewing;
    await release(lease, lock);
  }
}

/** Undefined if another host holds the lease, or storage is away. */
async function acquire({ blob, report }: BlobLock): Promise<BlobLeaseClient | undefined> {
  const lease = blob.getBlobLeaseClient();
  try {
    await createOnce(blob);
    await lease.acquireLease(leaseSeconds);
    return lease;
  } catch (error) {
    if (!hasStatus(error, 409)) report(error);
    return undefined;
  }
}

async function createOnce(blob: BlockBlobClient): Promise<void> {
  try {
    await blob.upload('', 0, { conditions: { ifNoneMatch: '*' } });
  } catch (error) {
    // 409: it exists; 412: it exists and is leased.
    if (!hasStatus(error, 409, 412)) throw error;
  }
}

async function renewUntilLost(
  lease: BlobLeaseClient,
  held: AbortSignal,
  lost: AbortController,
): Promise<void> {
  while (await pause(renewEveryMs, held)) {
    try {
      await lease.renewLease();
    } catch {
      // Whatever the reason, nobody may rely on the lease any more.
      lost.abort();
    }
  }
}

async function release(lease: BlobLeaseClient, { report }: BlobLock): Promise<void> {
  try {
    await lease.releaseLease();
  } catch (error) {
    // 409: another host has it already.
    if (!hasStatus(error, 409)) report(error);
  }
}
