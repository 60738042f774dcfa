import { AppError } from '../kernel/app-error.ts';
import type { ObjectStore } from './object-store.ts';

/**
 * Proves that the store refuses to create an object twice: every promise of the log rests on it.
 * Sends four requests and leaves nothing behind.
 * Errors: `lake.unsafe_target` (permanent).
 */
export async function proveConditionalCreate(store: ObjectStore, id: string): Promise<void> {
  // OneLake has two folders of its own, and Tables is for tables.
  const name = `Files/_bronzeflow/probe-${id}`;
  try {
    await store.putIfAbsent(name, Buffer.from('first'));
    const second = await store.putIfAbsent(name, Buffer.from('second'));
    const kept = await store.get(name);
    const text = kept.found ? Buffer.from(kept.bytes).toString() : undefined;
    if (second.created || text !== 'first') throw unsafe(second.created, text);
  } finally {
    await store.delete(name);
  }
}

function unsafe(isOverwritten: boolean, text: string | undefined): AppError {
  const found = isOverwritten ? 'accepted a second creation' : `kept ${String(text)} of one object`;
  return new AppError(
    'lake.unsafe_target',
    `The lake ${found}: two writers would lose each other's commits there. ` +
      'Use Azure Storage, ADLS Gen2 or OneLake by their blob endpoints.',
    { kind: 'permanent', details: { isOverwritten } },
  );
}
