import type { LockToken } from '../state/message.ts';
import { formatUuid, parseUuid, swapGuidOrder } from './uuid.ts';

/** A lock token from the canonical text of a UUID. */
export function toLockToken(uuid: string): LockToken {
  return uuid.toLowerCase() as LockToken;
}

/** A lock token from the `uuid` by which management requests name it. */
export function lockTokenOf(bytes: Uint8Array): LockToken {
  return toLockToken(formatUuid(bytes));
}

/** The `uuid` by which management requests and answers name a lock. */
export function lockTokenBytes(token: LockToken): Buffer {
  return parseUuid(token) ?? Buffer.alloc(16);
}

/** The delivery tag that carries a lock token: in the byte order of a .NET GUID. */
export function lockTokenTag(token: LockToken): Buffer {
  return swapGuidOrder(lockTokenBytes(token));
}
