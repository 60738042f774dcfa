import { durationMs } from '../../../shared/kernel/time.ts';
import { orderRules, plainScenario, sagaOf, type Scenario } from './scenario.ts';
import type { Subject } from './subject.ts';

const chainOfTwo = sagaOf([['b'], []]);
const chainOfThree = sagaOf([['b'], ['c'], []]);
const mixed = sagaOf([['c'], 'none', []]);
const independent = sagaOf([[], [], []]);

/** A deadline that comes while the second step still has patience. */
const tight = { deadline: 35 };
const receiptFacts = {
  receipt_id: 'R-1',
  purchase_order_id: 'P-1',
  lines: [{ material_id: 'M-1', quantity: 2 }],
};

/** Enough to find every planted fault, and small enough to look for many. */
export function quickScenarios(subject: Subject): readonly Scenario[] {
  return [...smallScenarios, orderScenario(subject)];
}

/** As deep as there is time for. */
export function thoroughScenarios(subject: Subject): readonly Scenario[] {
  const receipt = definitionOf(subject, 'material-receipt');
  return [
    ...quickScenarios(subject),
    { ...plainScenario, name: 'two steps, three faults', definition: chainOfTwo, faults: 3 },
    {
      ...plainScenario,
      ...tight,
      name: 'a tight deadline, three faults',
      definition: chainOfTwo,
      faults: 3,
    },
    {
      ...plainScenario,
      name: 'two steps, two faults, two cancels',
      definition: chainOfTwo,
      cancels: ['c', 'd'],
    },
    { ...plainScenario, name: 'three steps, two faults', definition: chainOfThree },
    { ...plainScenario, name: 'a step without compensation, two faults', definition: mixed },
    {
      ...plainScenario,
      name: 'material receipt',
      definition: receipt,
      participants: 'real',
      facts: receiptFacts,
      faults: 1,
      cancels: ['c'],
    },
    {
      ...plainScenario,
      name: 'order fulfilment, two faults',
      definition: definitionOf(subject, 'order-fulfilment'),
      participants: 'real',
      rules: orderRules,
    },
  ];
}

/** Tombstones are forgotten after the deadline; what is late then must be refused all the same. */
const forgotten: Scenario = {
  ...plainScenario,
  ...tight,
  name: 'forgotten tombstones',
  definition: chainOfTwo,
  faults: 3,
  kinds: ['delay', 'forget', 'deaf'],
};

/** A compensation with more than two attempts, and copies of its refusals. */
const stubborn: Scenario = {
  ...plainScenario,
  name: 'stubborn refusals',
  definition: chainOfTwo,
  compensationPatience: { attempts: 3, timeout: durationMs(20), backoff: 2 },
  faults: 4,
  kinds: ['refuse', 'refuse-always', 'duplicate', 'delay'],
};

const smallScenarios: readonly Scenario[] = [
  {
    ...plainScenario,
    name: 'two steps and a cancel',
    definition: chainOfTwo,
    faults: 1,
    cancels: ['c', 'c'],
  },
  { ...plainScenario, ...tight, name: 'a tight deadline', definition: chainOfTwo },
  forgotten,
  stubborn,
  {
    ...plainScenario,
    name: 'a step without compensation',
    definition: mixed,
    faults: 1,
    cancels: ['c'],
  },
  {
    ...plainScenario,
    name: 'three steps and a cancel',
    definition: chainOfThree,
    faults: 1,
    cancels: ['c'],
  },
  {
    ...plainScenario,
    name: 'independent steps',
    definition: independent,
    faults: 1,
    cancels: ['c'],
  },
];

/** The real saga and the real participants, and what the business wants of them. */
export function orderScenario(subject: Subject): Scenario {
  return {
    ...plainScenario,
    name: 'order fulfilment and a cancel',
    definition: definitionOf(subject, 'order-fulfilment'),
    participants: 'real',
    rules: orderRules,
    faults: 1,
    cancels: ['c'],
  };
}

function definitionOf(subject: Subject, name: string) {
  const definition = subject.definitionNamed(name);
  if (definition === undefined) throw new Error(`No saga ${name}`);
  return definition;
}
