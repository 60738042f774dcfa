import { orderFulfilment } from '../../../sagas/order-fulfilment/definition.ts';

/** The steps of an order, from its creation to its completion. */
export const steps: readonly string[] = orderFulfilment.steps.map(({ name }) => name);

/**
 * Two attempts of 5 s and 10 s: whoever answers later is too late. Long enough that on a busy machine
 * only those are late that are told to be.
 */
export const impatience = {
  saga_step_timeout_seconds: '5',
  saga_step_attempts: '2',
  saga_compensation_attempts: '4',
};
const tooLateMs = 28_000;

/** How participants treat the orders of the scenarios, which are told apart by their ids. */
export const rules: readonly object[] = [
  ...steps.flatMap((command) => [
    { order: `fail-${command}`, command, behaviour: 'fail', code: 'test.refused' },
    { order: `silent-${command}`, command, behaviour: 'silent' },
    { order: `late-effect-${command}`, command, behaviour: 'late-effect', ms: tooLateMs },
    { order: `late-answer-${command}`, command, behaviour: 'answer-late', ms: tooLateMs },
  ]),
  { order: 'twice', behaviour: 'answer-twice' },
  { order: 'error', behaviour: 'error', times: 2 },
  { order: 'cancel-running', command: 'pick-order', behaviour: 'slow', ms: 3_000 },
  { order: 'undo-retried', command: 'complete-order', behaviour: 'fail', code: 'test.refused' },
  { order: 'undo-retried', command: 'refund-payment', behaviour: 'fail-undo', times: 1 },
  { order: 'stuck-refund', command: 'ship-order', behaviour: 'fail', code: 'test.refused' },
  { order: 'stuck-refund', command: 'refund-payment', behaviour: 'fail-undo', code: 'bank.closed' },
  {
    order: 'stuck-recall',
    command: 'recall-shipment',
    behaviour: 'fail-undo',
    code: 'parcel.gone',
  },
];

/** One order for each way in which each step can go wrong. */
export const troubledOrders: readonly string[] = [
  ...['fail', 'silent', 'late-effect', 'late-answer'].flatMap((trouble) =>
    steps.map((step) => `${trouble}-${step}`),
  ),
];
