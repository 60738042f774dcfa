import type { JsonObject } from '../../../shared/kernel/json-value.ts';
import { durationMs } from '../../../shared/kernel/time.ts';
import type { Patience, SagaDefinition, StepDefinition } from '../../../sagas/definition.ts';
import type { ParticipantName } from '../../../domain/messages.ts';

/** What can go wrong on purpose. Each costs one fault of the scenario's budget. */
export type Fault =
  /** Time passes although a message is on its way. */
  | 'delay'
  /** A message is delivered, and once more later. */
  | 'duplicate'
  /** A participant answers one command with two copies of the reply. */
  | 'answer-twice'
  /** A participant refuses a command, this time or for ever. */
  | 'refuse'
  | 'refuse-always'
  /** A participant acts and never answers, or never acts at all. */
  | 'mute'
  | 'deaf'
  /** The runner crashes and repeats its last activity. */
  | 'crash'
  /** The timer fires early, or the runner sleeps until the saga's deadline. */
  | 'timer'
  /** Participants forget the tombstones of a saga whose deadline has passed. */
  | 'forget';

/** One bounded world to explore. */
export interface Scenario {
  readonly name: string;
  readonly definition: SagaDefinition;
  readonly facts: JsonObject;
  readonly stepPatience: Patience;
  readonly compensationPatience: Patience;
  /** Milliseconds from the start of the saga to its deadline. */
  readonly deadline: number;
  readonly faults: number;
  readonly kinds: readonly Fault[];
  /** Ids of cancels, in the order in which they arrive, at any time. */
  readonly cancels: readonly string[];
  /** Whether the participants of the definition act, or stand-ins that accept everything. */
  readonly participants: 'real' | 'stand-in';
  /** What must hold whenever the saga has ended. */
  readonly rules: readonly Rule[];
}

/** Sees the steps that stand (done and not undone), and those that a person has to see to. */
export interface Rule {
  readonly name: string;
  readonly holds: (stands: ReadonlySet<string>, stuck: ReadonlySet<string>) => boolean;
}

const allFaults: readonly Fault[] = [
  'delay',
  'duplicate',
  'answer-twice',
  'refuse',
  'refuse-always',
  'mute',
  'deaf',
  'crash',
  'timer',
  'forget',
];

const patience: Patience = { attempts: 2, timeout: durationMs(10), backoff: 3 };

/** What scenarios have in common unless they say otherwise. */
export const plainScenario = {
  facts: { order_id: 'O-1', amount: 10.5, currency: 'EUR', lines: [] },
  stepPatience: patience,
  compensationPatience: { ...patience, timeout: durationMs(20) },
  deadline: 10_000,
  faults: 2,
  kinds: allFaults,
  cancels: [],
  participants: 'stand-in',
  rules: [],
} satisfies Partial<Scenario>;

/**
 * A saga of steps `a`, `b`, ... each undone by `undo-a`, ...; `shape` gives for each step the steps
 * whose compensations must come first, or `none` for a step that cannot be undone.
 */
export function sagaOf(shape: readonly (readonly string[] | 'none')[]): SagaDefinition {
  const owners: readonly ParticipantName[] = ['orders', 'inventory', 'orders', 'payment'];
  const steps = shape.map((dependsOn, index): StepDefinition => {
    const name = 'abcd'.charAt(index);
    return {
      name,
      participant: owners[index] ?? 'orders',
      command: (facts) => ({ asks: name, knows: facts['knows'] ?? '' }),
      evolve: (facts, reply) => ({ ...facts, knows: [facts['knows'] ?? '', reply['by'] ?? ''] }),
      ...(dependsOn === 'none' ? {} : { compensation: { name: `undo-${name}`, dependsOn } }),
    };
  });
  const [first, ...others] = steps;
  if (first === undefined) throw new Error('A saga has a step');
  return {
    name: `saga of ${steps.map(({ name }) => name).join(' ')}`,
    startedBy: [],
    cancelledBy: [],
    idOf: () => undefined,
    factsOf: (data) => ({ ok: true, value: data }),
    steps: [first, ...others],
  };
}

/** The promises of order fulfilment, in the words of the business. */
export const orderRules: readonly Rule[] = [
  {
    name: 'charged implies shipped or refunded, or in front of a person',
    holds: (stands, stuck) =>
      !stands.has('charge-payment') || stands.has('ship-order') || stuck.has('charge-payment'),
  },
  {
    name: 'no reservation without an order',
    holds: (stands) => !stands.has('reserve-stock') || stands.has('create-order'),
  },
  {
    name: 'nothing leaves the house that is not reserved',
    holds: (stands) => !stands.has('ship-order') || stands.has('reserve-stock'),
  },
  {
    name: 'nobody has both the parcel and the money',
    holds: (stands) => !stands.has('ship-order') || stands.has('charge-payment'),
  },
];
