import type { DurationMs } from '../../kernel/time.ts';
import type { Rejection, Violation } from '../../ports/events.ts';

/** What is known of a message that Service Bus has put into a dead-letter queue. */
export interface BrokerDeath {
  readonly reason: string | undefined;
  readonly description: string | undefined;
  /** How often it was delivered. */
  readonly deliveryCount: number | null;
  /** Time since it was enqueued. */
  readonly age: DurationMs;
  /** Lock duration of its entity. */
  readonly lock: DurationMs;
}

/**
 * Why a message died, in the four categories. Pure and total. A reason that is not the broker's own
 * is a consumer's: its name says the category, or it is a failure of its handling.
 */
export function rejectionOfDeath(death: BrokerDeath): Rejection {
  const { reason = '', description = '' } = death;
  const [category, code] = judge(death, reason);
  const violation: Violation = { code, detail: describe(reason, description) };
  return { category, violations: [violation] };
}

type Judged = readonly [category: Rejection['category'], code: string];

/** The broker's own reasons. Source: Service Bus documentation, "dead-letter queues". */
const brokerReasons: ReadonlyMap<string, Judged> = new Map([
  ['TTLExpiredException', ['timeout', 'broker.ttl_expired']],
  ['HeaderSizeExceeded', ['processing', 'broker.header_size_exceeded']],
  ['MaxTransferHopCountExceeded', ['processing', 'broker.hops_exceeded']],
  ['Session ID is null.', ['processing', 'broker.session_missing']],
  ['Session id is null.', ['processing', 'broker.session_missing']],
  ['', ['processing', 'broker.reason_missing']],
]);

function judge(death: BrokerDeath, reason: string): Judged {
  const known = brokerReasons.get(reason);
  if (known !== undefined) return known;
  if (reason === 'MaxDeliveryCountExceeded') {
    return hasOnlyLostLocks(death)
      ? ['timeout', 'broker.lock_expired']
      : ['processing', 'broker.deliveries_exceeded'];
  }
  return [categoryOfReason(reason), codeOfReason(reason)];
}

/**
 * The broker does not say how its deliveries ended. A handler that fails gives a message back at
 * once, a lost lock takes a whole lock's time: a message that is as old as so many locks has timed
 * out. One that is much older waited as well, for a consumer or for us, and tells nothing.
 */
function hasOnlyLostLocks({ description = '', deliveryCount, age, lock }: BrokerDeath): boolean {
  if (/\block\b.*\b(expired|lost)\b/i.test(description)) return true;
  if (deliveryCount === null || deliveryCount === 0) return false;
  return age >= deliveryCount * lock && age < (deliveryCount + 1) * lock + ingestDelayMs;
}

/** How long a dead letter may take to come here. */
const ingestDelayMs = 30_000;

/** The areas of the Bronze consumer's rules, and what other systems call the same. */
const schemaForm =
  /^(bytes|json|batch|mode|size|envelope|type|idempotency)\.|schema|validation|deserializ|malformed/i;

function categoryOfReason(reason: string): Rejection['category'] {
  if (/poison/i.test(reason)) return 'poison';
  if (schemaForm.test(reason)) return 'schema';
  return /time[d-]?\s?out|expired/i.test(reason) ? 'timeout' : 'processing';
}

/** Codes of the Bronze consumer's own rules stay what they are. */
const ownCode = /^(bytes|json|batch|mode|size|envelope|type|schema|idempotency)\.[\w.:]{1,120}$/;

/** Dead letters of one cause share their code, so a reason is kept where it can be a code. */
function codeOfReason(reason: string): string {
  if (ownCode.test(reason)) return reason;
  return /^[A-Za-z][\w.:/-]{0,99}$/.test(reason) ? `reason.${reason}` : 'reason.other';
}

const maxReason = 200;
const maxDescription = 1_000;

function describe(reason: string, description: string): string {
  const parts = [cut(reason, maxReason), cut(description, maxDescription)];
  return parts.filter((part) => part !== '').join(': ');
}

function cut(text: string, length: number): string {
  return text.slice(0, length).toWellFormed();
}
