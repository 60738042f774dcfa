import type { EntityOperation } from '../instance/instance.ts';
import type { JsonText } from '../history/history-event.ts';
import { EntityWorker, type EntityHub } from './entity-worker.ts';

export interface ClientSignal {
  /** `@name@key`. */
  readonly target: string;
  readonly operation: string;
  readonly input: JsonText;
}

/** Takes operations to the entities that this host looks after. */
export class EntityPost {
  readonly #hub: EntityHub;
  readonly #newId: () => string;
  readonly #workers = new Map<string, EntityWorker>();

  constructor(hub: EntityHub, newId: () => string) {
    this.#hub = hub;
    this.#newId = newId;
  }

  /** Takes up what the last host has left. */
  async recover(): Promise<void> {
    const { store } = this.#hub;
    for (const { operation, rowKey } of await store.listWaiting()) {
      void this.#worker(operation.target).perform({ operation, rowKey, isRepeated: true });
    }
    for (const instanceId of await store.listSending()) this.#worker(instanceId).wake();
  }

  /**
   * Resolves when the operation has been handled, or this host has lost the hub.
   * @param isRepeated true if a host may have sent it before
   */
  async send(operation: EntityOperation, isRepeated: boolean): Promise<void> {
    await this.#worker(operation.target).perform({ operation, rowKey: undefined, isRepeated });
  }

  /** Resolves when the signal is stored, before it is handled. */
  async signal({ target, operation, input }: ClientSignal): Promise<void> {
    const requestId = this.#newId();
    const sent = { target, requestId, operation, input, isSignal: true, sender: undefined };
    const at = new Date(this.#hub.clock.now());
    const stored = await this.#hub.store.enqueue(sent, at);
    void this.#worker(target).perform({ ...stored, isRepeated: false });
  }

  /** The state of an entity; undefined if it does not exist. */
  async find(instanceId: string): Promise<{ readonly state: JsonText } | undefined> {
    const stored = await this.#hub.store.read(instanceId);
    return stored?.entity.exists === true ? { state: stored.entity.state } : undefined;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((each) => each.idle()));
  }

  #worker(instanceId: string): EntityWorker {
    const known = this.#workers.get(instanceId);
    if (known !== undefined) return known;
    const worker = new EntityWorker(this.#hub, instanceId);
    this.#workers.set(instanceId, worker);
    return worker;
  }
}
