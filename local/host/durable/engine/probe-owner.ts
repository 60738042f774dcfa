import { ownMember } from '../../settings/json-shape.ts';
import type { HubOwner, Liveness } from './ownership.ts';

/** Path at which the host of a hub says who it is. */
export const ownerPath = '/runtime/webhooks/durabletask/owner';

const patienceMs = 2_000;

/** Asks a host of this machine whether it is still the one that it was. */
export async function probeOwner({ url, hostId }: HubOwner): Promise<Liveness> {
  try {
    const answer = await fetch(`${url}${ownerPath}`, { signal: AbortSignal.timeout(patienceMs) });
    const content: unknown = await answer.json();
    // Another process may have been given the port.
    return ownMember(content, 'hostId') === hostId ? 'alive' : 'gone';
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'unknown' : 'gone';
  }
}
