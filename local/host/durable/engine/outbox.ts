import type { EntityOperation } from '../instance/instance.ts';

/** Delivers what an instance has committed to send, each operation once in the life of this object. */
export class Outbox {
  readonly #send: (operation: EntityOperation) => Promise<void>;
  readonly #onDelivered: () => void;
  readonly #sending = new Set<string>();
  readonly #delivered = new Set<string>();

  constructor(send: (operation: EntityOperation) => Promise<void>, onDelivered: () => void) {
    this.#send = send;
    this.#onDelivered = onDelivered;
  }

  deliver(operations: readonly EntityOperation[]): void {
    for (const operation of operations) {
      const { requestId } = operation;
      if (this.#sending.has(requestId)) continue;
      this.#sending.add(requestId);
      void this.#deliver(operation);
    }
  }

  /** What has not arrived yet, as far as this host knows. */
  left(operations: readonly EntityOperation[]): readonly EntityOperation[] {
    return operations.filter(({ requestId }) => !this.#delivered.has(requestId));
  }

  async #deliver(operation: EntityOperation): Promise<void> {
    await this.#send(operation);
    this.#delivered.add(operation.requestId);
    this.#onDelivered();
  }
}
