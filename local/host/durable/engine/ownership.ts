import type { Clock } from '../../../../shared/kernel/time.ts';
import type { HubTable, TaggedRow } from '../storage/hub-table.ts';
import { textColumn } from '../storage/instance-row-codec.ts';

/** A host that looks after a hub. */
export interface HubOwner {
  readonly hostId: string;
  /** Origin of its HTTP server, on its own machine only. */
  readonly url: string;
  readonly machine: string;
}

/** What is known of another host: `unknown` if it cannot be asked, or does not answer in time. */
export type Liveness = 'alive' | 'gone' | 'unknown';

export interface OwnershipOptions {
  readonly table: HubTable;
  readonly self: HubOwner;
  /** A host that cannot be asked and has not renewed its ownership for so long has lost it. */
  readonly expiryMs: number;
  readonly clock: Clock;
  readonly probe: (owner: HubOwner) => Promise<Liveness>;
}

const place = { instanceId: '@', rowKey: 'owner' };

/**
 * Which host looks after a hub: the one whose name is in the owner's row. Whoever takes it over
 * replaces the row by its tag, so that of several only one succeeds.
 */
export class Ownership {
  readonly #options: OwnershipOptions;
  #etag: string | undefined;
  #renewing: Promise<boolean> | undefined;

  constructor(options: OwnershipOptions) {
    this.#options = options;
  }

  /** Becomes the owner if there is none, or the present one is gone; answers who it is now. */
  async claim(): Promise<HubOwner> {
    const { table, self } = this.#options;
    const found = await table.read(place.instanceId, place.rowKey);
    const owner = found && ownerOf(found);
    const isTaken = owner !== undefined && owner.hostId !== '' && owner.hostId !== self.hostId;
    if (isTaken && (await this.isAlive(owner))) return owner;
    this.#etag = await table.put(place, this.#row(), found?.etag);
    return this.#etag === undefined ? this.claim() : self;
  }

  /** Whether another host may still be looking after the hub. */
  async isAlive(owner: HubOwner): Promise<boolean> {
    const { table, self, probe, expiryMs, clock } = this.#options;
    const liveness = owner.machine === self.machine ? await probe(owner) : 'unknown';
    if (liveness !== 'unknown') return liveness === 'alive';
    const found = await table.read(place.instanceId, place.rowKey);
    if (found === undefined || ownerOf(found).hostId !== owner.hostId) return false;
    const renewedAt = Date.parse(textColumn(found.row, 'renewedAt'));
    return clock.now() - renewedAt < expiryMs;
  }

  /** Confirms the ownership; false if another host has it. */
  renew(): Promise<boolean> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** Gives the ownership back, so that the next host need not ask. */
  async release(): Promise<void> {
    const row = { ...this.#row(), hostId: '' };
    if (this.#etag !== undefined) await this.#options.table.put(place, row, this.#etag);
  }

  async #renew(): Promise<boolean> {
    if (this.#etag === undefined) return false;
    this.#etag = await this.#options.table.put(place, this.#row(), this.#etag);
    return this.#etag !== undefined;
  }

  #row(): Record<string, string> {
    const { hostId, url, machine } = this.#options.self;
    return { hostId, url, machine, renewedAt: new Date(this.#options.clock.now()).toISOString() };
  }
}

function ownerOf({ row }: TaggedRow): HubOwner {
  return {
    hostId: textColumn(row, 'hostId'),
    url: textColumn(row, 'url'),
    machine: textColumn(row, 'machine'),
  };
}
