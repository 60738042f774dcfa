import { commandIdOf, undoIdOf, type Command, type ReplyOutcome } from '../../domain/messages.ts';
import type { JsonObject } from '../../shared/kernel/json-value.ts';
import { durationMs, epochMs } from '../../shared/kernel/time.ts';
import type { SagaDefinition } from '../../sagas/definition.ts';
import { advanceSaga, beginReturn, beginSaga } from '../../sagas/runner/machine.ts';
import type { SagaState } from '../../sagas/runner/machine-state.ts';
import type { Advance, SagaInput, SagaStart } from '../../sagas/runner/saga-state.ts';

const startedAt = epochMs(Date.UTC(2026, 0, 5, 8));

/** How the sagas of stories start: two attempts of 10 ms, 20 ms; three undos of 5, 10, 20 ms. */
export const storyStart: SagaStart = {
  sagaId: 'S-1',
  instanceId: 'S-1',
  facts: {},
  startedAt,
  deadline: epochMs(startedAt + 1_000),
  stepPatience: { attempts: 2, timeout: durationMs(10), backoff: 2 },
  compensationPatience: { attempts: 3, timeout: durationMs(5), backoff: 2 },
};

/** A saga told as a story: what it is told, and what it does then. */
export class SagaStory {
  state: SagaState;
  now: number = startedAt;
  /** All commands so far. */
  readonly commands: Command[] = [];
  readonly #definition: SagaDefinition;

  constructor(definition: SagaDefinition, advance: Advance<SagaState>) {
    this.#definition = definition;
    this.state = advance.state;
    this.commands.push(...advance.commands);
  }

  static of(definition: SagaDefinition, start: Partial<SagaStart> = {}): SagaStory {
    return new SagaStory(definition, beginSaga(definition, { ...storyStart, ...start }));
  }

  static ofReturn(definition: SagaDefinition): SagaStory {
    const reason = { code: 'saga.cancelled', detail: '' };
    const begun = beginReturn(definition, { ...storyStart, reason }, startedAt);
    return new SagaStory(definition, begun);
  }

  /** All commands so far, as `name#attempt`. */
  get sent(): readonly string[] {
    return this.commands.map(({ name, attempt }) => `${name}#${attempt}`);
  }

  /** Milliseconds until it wants to be woken; undefined when it has ended. */
  get sleeps(): number | undefined {
    return this.state.wakeAt === undefined ? undefined : this.state.wakeAt - this.now;
  }

  /** The journal, as `what step code`. */
  get journal(): readonly string[] {
    return this.state.journal.map(({ what, step, code }) =>
      [what, step, code].filter((word) => word !== undefined).join(' '),
    );
  }

  done(step: string, data: JsonObject = {}): this {
    return this.#hear(commandIdOf('S-1', step), { kind: 'done', data });
  }

  refused(step: string, code = 'not.possible'): this {
    return this.#hear(commandIdOf('S-1', step), { kind: 'refused', code, detail: 'no' });
  }

  undone(step: string): this {
    return this.#hear(undoIdOf('S-1', step), { kind: 'done', data: {} });
  }

  undoRefused(step: string, copy = 'no1'): this {
    const outcome = { kind: 'refused', code: 'too.late', detail: 'no' } as const;
    return this.#hear(undoIdOf('S-1', step), outcome, copy);
  }

  /** Everything goes well so far. */
  allDone(...steps: readonly string[]): this {
    for (const step of steps) this.done(step);
    return this;
  }

  cancelled(id = 'cancel-1'): this {
    return this.tell({ kind: 'cancel', id, reason: { code: 'saga.cancelled', detail: '' } });
  }

  /** The timer fires, as often as told. */
  wakes(times = 1): this {
    for (let time = 0; time < times; time += 1) {
      this.now = this.state.wakeAt ?? this.now;
      this.tell({ kind: 'time' });
    }
    return this;
  }

  tell(input: SagaInput): this {
    const told = advanceSaga(this.#definition, this.state, { input, now: epochMs(this.now) });
    this.state = told.state;
    this.commands.push(...told.commands);
    return this;
  }

  #hear(commandId: string, outcome: ReplyOutcome, copy = 'reply'): this {
    const reply = {
      id: `${commandId}/${copy}`,
      commandId,
      commandName: commandId,
      participant: 'orders',
      sagaId: 'S-1',
      replyTo: 'S-1',
      outcome,
    } as const;
    return this.tell({ kind: 'reply', reply });
  }
}
