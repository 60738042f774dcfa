import type { JsonObject } from '../../../shared/kernel/json-value.ts';
import { durationMs, epochMs } from '../../../shared/kernel/time.ts';
import { succeed } from '../../../shared/kernel/result.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import type { SagaInstances } from '../../../shared/ports/sagas.ts';
import type { Reply } from '../../../domain/messages.ts';
import type { SagaDefinition } from '../../../sagas/definition.ts';
import { cancelSaga } from '../../../sagas/runner/cancel-saga.ts';
import { closeSaga } from '../../../sagas/runner/close-saga.ts';
import { enterSaga } from '../../../sagas/runner/enter-saga.ts';
import { toRunMessage, toStartedInput } from '../../../sagas/runner/run-codec.ts';
import { instanceIdOf, type RunInput, type RunMessage } from '../../../sagas/runner/run.ts';
import type { InstancePorts } from '../../../sagas/runner/runner-ports.ts';
import type { SagaOutcome } from '../../../sagas/runner/saga-state.ts';
import { startSaga } from '../../../sagas/runner/start-saga.ts';
import { takeReply } from '../../../sagas/runner/take-reply.ts';
import type { CallControl } from '../ingest-world/controlled-ports.ts';
import type { Scheduler } from '../ingest-world/scheduler.ts';
import { createMemorySagaListing } from './memory-saga-listing.ts';
import { createMemorySagaStore } from './memory-saga-store.ts';

export const sagaId = 'SO-1';

const definition: SagaDefinition = {
  name: 'order-fulfilment',
  startedBy: ['erp.salesorder.created'],
  cancelledBy: ['erp.salesorder.failed'],
  idOf: () => sagaId,
  factsOf: (data) => succeed(data),
  steps: [{ name: 'only', participant: 'orders', command: () => ({}) }],
};

/** One execution of an instance. */
interface Execution {
  isAlive: boolean;
  /** Until then another start of the same id may be let through as well: a race that engines have. */
  isPending: boolean;
  readonly inbox: RunMessage[];
  wake: () => void;
}

/** A delivery or an activity: tried again until it comes through, from the beginning each time. */
interface Task {
  readonly name: string;
  readonly work: (ports: InstancePorts) => Promise<void>;
  attempts: number;
  isDone: boolean;
}

/** One saga with everything that acts on it, each call to storage and engine held by a scheduler. */
export function createProtocolWorld(scheduler: Scheduler) {
  const store = createMemorySagaStore();
  const listing = createMemorySagaListing();
  const instances = new Map<string, Execution[]>();
  const tasks = new Map<string, Task>();
  const entered: string[] = [];
  const failures: unknown[] = [];
  const replies: Reply[] = [];
  let time = Date.UTC(2026, 10, 21);
  let ids = 0;
  const newId = (kind: string): string => `${kind}-${++ids}`;
  const now = () => epochMs((time += 1));

  const engine: SagaInstances = {
    start: (instanceId, input) => {
      const started = toStartedInput(input);
      const executions = instances.get(instanceId) ?? [];
      instances.set(instanceId, executions);
      const isTaken = executions.some(({ isAlive, isPending }) => isAlive && !isPending);
      if (started !== undefined && !isTaken) {
        const execution = { isAlive: true, isPending: true, inbox: [], wake: () => undefined };
        executions.push(execution);
        void run(started, execution).catch((error: unknown) => failures.push(error));
      }
      return Promise.resolve();
    },
    raise: (instanceId, message) => {
      const executions = instances.get(instanceId);
      if (executions === undefined) return Promise.resolve('missing');
      const alive = executions.filter(({ isAlive }) => isAlive);
      for (const execution of alive) {
        const read = toRunMessage(structuredClone(message));
        if (read !== undefined) execution.inbox.push(read);
        execution.wake();
      }
      return Promise.resolve(alive.length === 0 ? 'ended' : 'raised');
    },
    status: () => Promise.resolve(undefined),
  };
  const patience = { attempts: 1, timeout: durationMs(1_000), backoff: 1 };
  const settings = {
    timeout: durationMs(60_000),
    stepPatience: patience,
    compensationPatience: patience,
  };
  const silent = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };
  const portsOf = (control: CallControl): InstancePorts => ({
    store: controlled('store', store, control),
    listing: controlled('listing', listing, control),
    instances: controlled('engine', engine, control),
    ...{ settings, clock: { now }, newToken: () => newId('token'), log: silent },
  });

  /** Begins an attempt; the ones before may still be under way, as after a lock that ran out. */
  const attempt = (task: Task): void => {
    if (task.isDone || task.attempts >= 40) return;
    task.attempts += 1;
    const control = scheduler.controlFor(`${task.name}#${task.attempts}`);
    task.work(portsOf(control)).then(
      () => {
        task.isDone = true;
      },
      (error: unknown) => {
        if (error instanceof AppError && error.kind === 'transient') attempt(task);
        else failures.push(error);
      },
    );
  };
  const begin = (name: string, work: Task['work']): void => {
    const task: Task = { name, work, attempts: 0, isDone: false };
    tasks.set(name, task);
    attempt(task);
  };
  /** An activity: the engine executes it until it has an answer, and keeps the first one. */
  const activity = <Answer>(name: string, work: (ports: InstancePorts) => Promise<Answer>) =>
    new Promise<Answer>((resolve) => {
      begin(newId(name), async (ports) => {
        resolve(await work(ports));
      });
    });

  /** A run as the orchestrator makes it: enter, wait for two replies or a cancel, close. */
  async function run(input: RunInput, execution: Execution): Promise<void> {
    const entry = await activity('enter', (ports) => enterSaga(ports, { ...input, at: now() }));
    execution.isPending = false;
    if (entry.kind === 'entered') {
      entered.push(input.run);
      const seen = entry.cancels.map(({ id }) => id);
      const outcome = await walk(input, execution, seen);
      const ending = { outcome, at: now(), facts: {}, journal: [], stuck: [], seen };
      await activity('close', (ports) => closeSaga(ports, { ...input, ending }));
    }
    execution.isAlive = false;
  }

  async function walk(input: RunInput, execution: Execution, seen: string[]): Promise<SagaOutcome> {
    const isForward = input.run === 'forward';
    if (isForward && seen.length === 0) {
      const steps = ['a', 'b'];
      for (const step of steps) {
        if ((await ask(input, execution, { step, seen })) === 'cancel') break;
        if (step === 'b') return 'completed';
      }
    }
    while ((await ask(input, execution, { step: 'undo', seen })) === 'cancel');
    return 'compensated';
  }

  /** Sends a command, and waits for its reply or, if that comes first, for a cancel. */
  async function ask(
    { run: kind, sagaId: id }: RunInput,
    execution: Execution,
    { step, seen }: { readonly step: string; readonly seen: string[] },
  ): Promise<'reply' | 'cancel'> {
    answer(instanceIdOf(id, kind), step);
    for (;;) {
      const message = execution.inbox.shift();
      if (message === undefined) {
        await new Promise<void>((resolve) => {
          execution.wake = resolve;
        });
        continue;
      }
      seen.push(message.kind === 'cancel' ? message.id : message.reply.id);
      if (message.kind === 'cancel') return 'cancel';
      if (message.reply.commandId === `${id}/${step}`) return 'reply';
    }
  }

  /** A participant answers a command twice, as one does that was asked twice. */
  function answer(replyTo: string, step: string): void {
    const commandId = `${sagaId}/${step}`;
    const reply: Reply = {
      ...{ id: `${commandId}/reply`, commandId, commandName: step, participant: 'orders' },
      ...{ sagaId, replyTo, outcome: { kind: 'done', data: {} } },
    };
    replies.push(reply);
    for (const copy of [1, 2]) {
      begin(newId(`reply-${step}-${copy}`), async (ports) => {
        await takeReply(ports, reply);
      });
    }
  }

  return {
    ...{ store, listing, instances, tasks, entered, failures, replies, attempt },
    event: (id: string): void => {
      const data: JsonObject = { order_id: sagaId };
      begin(newId('start'), async (ports) => {
        await startSaga(ports, definition, { key: { source: '/erp', id }, data });
      });
    },
    cancel: (id: string): void => {
      begin(newId('cancel'), async (ports) => {
        await cancelSaga(ports, sagaId, { id, code: 'saga.cancelled', detail: '' });
      });
    },
  };
}

export type ProtocolWorld = ReturnType<typeof createProtocolWorld>;

/** The same port, every call of which goes through the control. */
function controlled<Port extends object>(name: string, port: Port, control: CallControl): Port {
  return new Proxy(port, {
    get: (target, key) => {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) =>
        control({ name: `${name}.${String(key)}`, args }, () =>
          (method as (...given: unknown[]) => Promise<unknown>).apply(target, args),
        );
    },
  });
}
