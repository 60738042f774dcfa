import type { Clock } from '../../../../shared/kernel/time.ts';
import type { HostLog } from '../../host-log.ts';
import { ofText } from '../../invocation/typed-data.ts';
import { pause } from '../../pause.ts';
import { errorText } from '../../settings/host-problem.ts';
import type { DurableFunctions } from '../durable-functions.ts';
import { entityInput, parseEntityAnswer } from '../entities/entity-answer-codec.ts';
import { concludeBatch, failedBatch, newEntity } from '../entities/entity-batch.ts';
import type { EntityAnswer, EntityState, EntityStep } from '../entities/entity-batch.ts';
import { entityNameOf } from '../entities/entity-id.ts';
import { isHandled } from '../entities/sender-log.ts';
import type { EntityOperation } from '../instance/instance.ts';
import { ConflictError } from '../storage/hub-table.ts';
import type { EntityStore, StoredEntity } from '../storage/entity-store.ts';
import type { Lane } from './lane.ts';
import { Outbox } from './outbox.ts';
import { isAborted } from './until-done.ts';

/** What an entity needs of the hub it belongs to. */
export interface EntityHub {
  readonly store: EntityStore;
  readonly functions: DurableFunctions;
  readonly lane: Lane;
  readonly clock: Clock;
  readonly log: HostLog;
  /** Aborted when this host no longer looks after the hub. */
  readonly signal: AbortSignal;
  /** Resolves when the operation can no longer be lost. */
  send(operation: EntityOperation): Promise<void>;
  /** Resolves when the caller has stored the answer, or does not want it any more. */
  answer(operation: EntityOperation, answer: string): Promise<void>;
  /** Rejects if this host has lost the hub. */
  verifyOwnership(): Promise<void>;
}

/** An operation that waits for its turn. */
export interface WaitingOperation {
  readonly operation: EntityOperation;
  /** Where it is stored, if its sender does not vouch for it. */
  readonly rowKey: string | undefined;
  /** It may have been handled already, by this host or another. */
  readonly isRepeated: boolean;
}

interface Waiting extends WaitingOperation {
  readonly handled: Promise<void>;
  readonly done: () => void;
}

/** With as many answers and obsolete rows a transaction is not full. */
const maxBatch = 40;
const retryMs = 500;

/** One entity of the hub: a batch of its operations at a time, each batch one transaction. */
export class EntityWorker {
  readonly #hub: EntityHub;
  readonly #instanceId: string;
  #stored: StoredEntity | undefined;
  readonly #queue: Waiting[] = [];
  #working: Promise<void> | undefined;
  #hasWork = false;
  /** What is known of the row is in doubt: a commit of unknown outcome may have been made. */
  #isInDoubt = false;
  readonly #outbox: Outbox;
  readonly #obsolete = new Set<string>();

  constructor(hub: EntityHub, instanceId: string) {
    this.#hub = hub;
    this.#instanceId = instanceId;
    this.#outbox = new Outbox(
      (operation) => hub.send(operation),
      () => {
        this.wake();
      },
    );
  }

  /** Resolves when the operation has been handled and that is stored. */
  perform(operation: WaitingOperation): Promise<void> {
    const { requestId } = operation.operation;
    const queued = this.#queue.find((each) => each.operation.requestId === requestId);
    if (queued !== undefined) return queued.handled;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const handled = promise.then(() => undefined);
    this.#queue.push({
      ...{ ...operation, handled },
      done: () => {
        resolve(undefined);
      },
    });
    this.wake();
    return handled;
  }

  /** Sends what is left to send, and handles what waits. */
  wake(): void {
    this.#hasWork = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      if (this.#hasWork && !this.#hub.signal.aborted) this.wake();
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    const { signal, log } = this.#hub;
    while ((this.#hasWork || this.#queue.length > 0) && !signal.aborted) {
      this.#hasWork = false;
      try {
        this.#stored ??= await this.#load();
        await this.#handle(this.#stored, this.#queue.slice(0, maxBatch));
      } catch (error) {
        this.#hasWork = true;
        if (isAborted(signal)) return;
        log.write('warning', 'Host.Durable', `${this.#instanceId}: ${errorText(error)}`);
        if (error instanceof ConflictError) await this.#doubt();
        await pause(retryMs, signal);
      }
    }
  }

  /** Rows that were to be deleted are perhaps gone: what is left of them does no harm. */
  async #doubt(): Promise<void> {
    this.#stored = undefined;
    this.#isInDoubt = true;
    this.#obsolete.clear();
    await this.#hub.verifyOwnership().catch(() => undefined);
  }

  async #load(): Promise<StoredEntity> {
    const found = await this.#hub.store.read(this.#instanceId);
    return found ?? { entity: newEntity(this.#instanceId), etag: undefined };
  }

  async #handle(stored: StoredEntity, waiting: readonly Waiting[]): Promise<void> {
    const { clock } = this.#hub;
    const { entity } = stored;
    const present = await this.#findPresent(waiting);
    const isNew = ({ operation }: Waiting): boolean => !isHandled(entity.senders, operation.sender);
    const batch = present.filter(isNew).map(({ operation }) => operation);
    const left = this.#outbox.left(entity.outbox);
    const rows = present.flatMap(({ rowKey }) => (rowKey === undefined ? [] : [rowKey]));
    if (batch.length > 0 || rows.length > 0 || left.length < entity.outbox.length) {
      const answer = batch.length === 0 ? unchanged(entity) : await this.#run(entity, batch);
      const step = concludeBatch({ ...entity, outbox: left }, batch, { answer, now: clock.now() });
      await this.#commit(stored, step, rows);
    }
    this.#isInDoubt = false;
    this.#outbox.deliver(this.#stored?.entity.outbox ?? []);
    for (const each of this.#queue.splice(0, waiting.length)) each.done();
  }

  /** Leaves out what was handled already, by its row that is gone or its answer that is there. */
  async #findPresent(waiting: readonly Waiting[]): Promise<readonly Waiting[]> {
    const present: Waiting[] = [];
    for (const each of waiting) {
      const isSure = !each.isRepeated && !this.#isInDoubt;
      if (isSure || (await this.#isPresent(each))) present.push(each);
    }
    return present;
  }

  async #isPresent({ operation, rowKey }: Waiting): Promise<boolean> {
    const { store } = this.#hub;
    if (rowKey !== undefined) return store.hasRow(this.#instanceId, rowKey);
    if (operation.isSignal) return true;
    const answer = await store.readAnswer(this.#instanceId, operation.requestId);
    if (answer !== undefined) void this.#tell(operation, answer);
    return answer === undefined;
  }

  async #run(entity: EntityState, batch: readonly EntityOperation[]): Promise<EntityAnswer> {
    const { functions, lane } = this.#hub;
    const name = entityNameOf(this.#instanceId);
    const target = functions.get('entity', name);
    if (target === undefined) return failedBatch(entity, batch.length, `No entity '${name}'.`);
    const data = ofText(entityInput(entity, batch));
    const outcome = await lane.run(() => target.invoke({ data, metadata: {} }));
    return outcome.ok
      ? parseEntityAnswer(outcome.value.returnValue?.json)
      : failedBatch(entity, batch.length, errorText(outcome.problem));
  }

  async #commit(
    stored: StoredEntity,
    { entity, answers }: EntityStep,
    handledRows: readonly string[],
  ): Promise<void> {
    const { store } = this.#hub;
    const arrived = [...this.#obsolete].slice(0, maxBatch - handledRows.length);
    this.#stored = await store.commit(stored, {
      entity,
      answers: answers.map(({ operation: { requestId }, answer }) => ({ requestId, answer })),
      obsolete: [...handledRows, ...arrived],
    });
    for (const row of arrived) this.#obsolete.delete(row);
    for (const { operation, answer } of answers) void this.#tell(operation, answer);
  }

  async #tell(operation: EntityOperation, answer: string): Promise<void> {
    await this.#hub.answer(operation, answer);
    if (!this.#hub.signal.aborted) {
      this.#obsolete.add(this.#hub.store.answerRow(operation.requestId));
    }
  }
}

function unchanged({ exists, state }: EntityState): EntityAnswer {
  return { exists, state, results: [], signals: [] };
}
