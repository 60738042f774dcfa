import type { HostLog } from '../../host-log.ts';
import { pause } from '../../pause.ts';
import { errorText } from '../../settings/host-problem.ts';
import type { Hub } from './hub.ts';
import type { HubOwner, Ownership } from './ownership.ts';
import { untilDone } from './until-done.ts';

export interface DurableServiceOptions {
  readonly ownership: Ownership;
  readonly self: HubOwner;
  /** A hub for one term of ownership, which ends with the signal. */
  readonly createHub: (term: AbortSignal, verifyOwnership: () => Promise<void>) => Hub;
  readonly renewEveryMs: number;
  readonly log: HostLog;
}

/** Who answers for the hub: this host, or another one to be asked. */
export type Role =
  { readonly kind: 'owner'; readonly hub: Hub } | { readonly kind: 'other'; readonly url: string };

const watchEveryMs = 250;
/** A request of a killed host may still arrive when its successor has read what there is. */
const secondLookMs = 2_000;

/**
 * This host's part in a hub: either it looks after the hub, or it watches the host that does and
 * takes over when that one is gone.
 */
export class DurableService {
  readonly #options: DurableServiceOptions;
  readonly #stopping = new AbortController();
  #role = Promise.withResolvers<Role>();
  #hasRole = false;
  #term: AbortController | undefined;
  #life: Promise<void> = Promise.resolve();

  constructor(options: DurableServiceOptions) {
    this.#options = options;
  }

  /** Resolves when it is clear who looks after the hub, and what was open is taken up. */
  async start(): Promise<void> {
    const owner = await this.#options.ownership.claim();
    this.#life = this.#live(owner);
    await this.#role.promise;
  }

  /** Who answers for the hub. Waits while that is being settled. */
  role(): Promise<Role> {
    return this.#role.promise;
  }

  /** Takes up instances that this host, as the owner, does not know of yet. */
  async rescan(): Promise<void> {
    const role = await this.role();
    if (role.kind === 'owner') await role.hub.recover();
  }

  async stop(): Promise<void> {
    const role = this.#hasRole ? await this.role() : undefined;
    if (role?.kind === 'owner') await role.hub.stop();
    this.#stopping.abort();
    await this.#life;
  }

  async #live(first: HubOwner): Promise<void> {
    const { signal } = this.#stopping;
    let owner: HubOwner | undefined = first;
    while (!signal.aborted) {
      if (owner?.hostId === this.#options.self.hostId) await this.#own();
      else if (owner !== undefined) await this.#watch(owner);
      owner = await untilDone(() => this.#options.ownership.claim(), signal, this.#report);
    }
  }

  /** Looks after the hub until another host has it, or this one stops. */
  async #own(): Promise<void> {
    const { ownership, createHub, log, renewEveryMs } = this.#options;
    const term = new AbortController();
    this.#term = term;
    const lost = AbortSignal.any([term.signal, this.#stopping.signal]);
    const hub = createHub(lost, () => this.#verify());
    log.write('information', 'Host.Durable', 'This host looks after the hub.');
    await untilDone(() => hub.recover(), lost, this.#report);
    this.#settle({ kind: 'owner', hub });
    void this.#lookAgain(hub, lost);
    while (await pause(renewEveryMs, lost)) await this.#verify().catch(this.#report);
    if (!term.signal.aborted) await ownership.release().catch(this.#report);
    else this.#unsettle();
  }

  async #lookAgain(hub: Hub, lost: AbortSignal): Promise<void> {
    if (await pause(secondLookMs, lost)) await hub.recover().catch(this.#report);
  }

  /** Ends the term if another host has taken the hub over. Errors: `storage.unavailable`. */
  async #verify(): Promise<void> {
    if (this.#term?.signal.aborted === false && (await this.#options.ownership.renew())) return;
    const message = 'Another host looks after the hub now.';
    this.#options.log.write('warning', 'Host.Durable', message);
    this.#term?.abort();
    throw new Error(message);
  }

  /** Returns when the owner may be gone. */
  async #watch(owner: HubOwner): Promise<void> {
    const { ownership, log } = this.#options;
    log.write('information', 'Host.Durable', `The host at ${owner.url} looks after the hub.`);
    this.#settle({ kind: 'other', url: owner.url });
    // What this host has written when it was the owner is perhaps unknown to the present one.
    await fetch(`${owner.url}/runtime/webhooks/durabletask/rescan`, { method: 'POST' }).catch(
      () => undefined,
    );
    while (await pause(watchEveryMs, this.#stopping.signal)) {
      if (!(await ownership.isAlive(owner).catch(() => true))) break;
    }
    this.#unsettle();
  }

  #settle(role: Role): void {
    this.#hasRole = true;
    this.#role.resolve(role);
  }

  #unsettle(): void {
    if (this.#hasRole) this.#role = Promise.withResolvers();
    this.#hasRole = false;
  }

  readonly #report = (error: unknown): void => {
    this.#options.log.write('warning', 'Host.Durable', errorText(error));
  };
}
