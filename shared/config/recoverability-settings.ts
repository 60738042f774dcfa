import { fail, succeed, type Result } from '../kernel/result.ts';
import { custom, wholeNumber } from './setting.ts';

const maxDelays = 10;
const maxDelaySeconds = 86_400;

/** How often messages are tried again, and when a type of them is given up. */
export const recoverabilitySettings = {
  retryImmediate: wholeNumber('retry_immediate', {
    min: 0,
    max: 8,
    default: 5,
    meaning:
      'Immediate retries of a Service Bus message whose handling fails. Queues and subscriptions need a max delivery count of at least 2 more.',
  }),
  retryDelaysSeconds: custom<readonly number[]>('retry_delays_seconds', {
    defaultText: '10,20,30',
    fallback: [10, 20, 30],
    parse: parseDelays,
    meaning:
      'How long each delayed round of retries waits, separated by commas, or `none`. A message is tried (`retry_immediate` + 1) x (rounds + 1) times before it is dead: 24 by default.',
  }),
  retryJitterPercent: wholeNumber('retry_jitter_percent', {
    min: 0,
    max: 100,
    default: 20,
    meaning: 'A delayed round waits up to so much longer, so that messages do not return together.',
  }),
  circuitFailures: wholeNumber('circuit_failures', {
    min: 1,
    max: 100,
    default: 5,
    meaning:
      'So many messages of one event type that a consumer gives up within the window, with no success between them, open the circuit of the type there: others of it become dead letters at once (`circuit.open`).',
  }),
  circuitWindowSeconds: wholeNumber('circuit_window_seconds', {
    min: 1,
    max: 86_400,
    default: 600,
    meaning: 'Failures longer ago than this do not count for a circuit.',
  }),
  circuitCoolDownSeconds: wholeNumber('circuit_cool_down_seconds', {
    min: 1,
    max: 86_400,
    default: 60,
    meaning: 'How long a circuit is open before one message is tried.',
  }),
  circuitRefreshSeconds: wholeNumber('circuit_refresh_seconds', {
    min: 1,
    max: 300,
    default: 5,
    meaning: 'How long an instance may take to notice a circuit that another one has opened.',
  }),
  deadLetterOrderedEntities: custom<readonly string[]>('dead_letter_ordered_entities', {
    defaultText: 'orders',
    fallback: ['orders'],
    parse: parseOrdered,
    meaning:
      'Queues with sessions whose order survives a dead letter: later messages of a session with an open dead letter become dead letters too (`order.blocked`) until it is replayed or discarded. Separated by commas, or `none`.',
  }),
} as const;

function parseDelays(text: string): Result<readonly number[], string> {
  if (text === 'none') return succeed([]);
  const delays = text
    .split(',')
    .map((part) => (/^\s*\d{1,6}\s*$/.test(part) ? Number(part) : Number.NaN));
  const isRight =
    delays.length <= maxDelays && delays.every((delay) => delay >= 1 && delay <= maxDelaySeconds);
  return isRight
    ? succeed(delays)
    : fail(`use at most ${maxDelays} whole numbers from 1 to ${maxDelaySeconds}, or none`);
}

function parseOrdered(text: string): Result<readonly string[], string> {
  if (text === 'none') return succeed([]);
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const wrong = names.find((name) => !/^[A-Za-z0-9][\w./-]{0,259}$/.test(name));
  return wrong === undefined
    ? succeed(names)
    : fail(`use names of queues, or none, without "${wrong}"`);
}
