/**
 * How often participants misbehave on a sample day, about as real ones do. Chance is drawn from the
 * order's id, so that a day is the same on every machine; the first rule that matches counts.
 */
const misbehaviour = [
  { command: 'reserve-stock', behaviour: 'fail', code: 'stock.insufficient', chance: 0.03 },
  { command: 'charge-payment', behaviour: 'fail', code: 'payment.declined', chance: 0.04 },
  { command: 'ship-order', behaviour: 'fail', code: 'carrier.refused', chance: 0.01 },
  { command: 'charge-payment', behaviour: 'silent', attempt: 1, chance: 0.02 },
  { command: 'ship-order', behaviour: 'answer-late', ms: 22_000, attempt: 1, chance: 0.02 },
  { command: 'pick-order', behaviour: 'slow', ms: 2_000, chance: 0.05 },
  { command: 'pack-order', behaviour: 'answer-twice', chance: 0.05 },
  { command: 'put-away', behaviour: 'error', times: 1, chance: 0.05 },
  { command: 'release-stock', behaviour: 'fail-undo', code: 'stock.locked', times: 1, chance: 0.2 },
  // A day has few refunds: so one of them is left for a person.
  { command: 'refund-payment', behaviour: 'fail-undo', code: 'bank.refused', chance: 0.25 },
];

/**
 * Settings under which the sample day is worth watching: participants that fail, and time limits
 * that let it end within about a minute. A busy machine takes 10 s for a step when a day's sagas
 * begin at once: a shorter limit would have it do the work twice.
 */
export const sampleDaySettings: Readonly<Record<string, string>> = {
  saga_step_timeout_seconds: '20',
  saga_step_attempts: '3',
  saga_compensation_attempts: '2',
  // Alerts are to be seen before the day is over.
  dead_letter_schedule: '*/5 * * * * *',
  participant_simulation: JSON.stringify(misbehaviour),
};
