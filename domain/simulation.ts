import { memberOf } from './command-data.ts';
import type { Command } from './messages.ts';

/** What a participant is told to do with a command instead of just handling it. */
export type Behaviour =
  | { readonly kind: 'normal' }
  /** Refuses: a step for good, a compensation for this attempt. */
  | { readonly kind: 'refuse'; readonly code: string }
  /** Throws, so that the broker delivers the command again. */
  | { readonly kind: 'error' }
  /** Handles it after a while; answers then. */
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'answer-twice' }
  /** Handles it now, and answers after a while. */
  | { readonly kind: 'answer-late'; readonly ms: number }
  /** Handles it without an answer. */
  | { readonly kind: 'silent' }
  /** Does nothing now; the command comes again after a while, and is then handled. */
  | { readonly kind: 'late-effect'; readonly ms: number };

/** Which commands a rule is for, and how they behave. What is left out matches everything. */
export interface SimulationRule {
  readonly of?: Command['kind'] | undefined;
  /** The name of a step or a compensation. */
  readonly command?: string | undefined;
  /** The id of an order or a receipt, or its beginning followed by `*`. */
  readonly order?: string | undefined;
  readonly attempts?: readonly number[] | undefined;
  /** Attempts after this one do not match. */
  readonly lastAttempt?: number | undefined;
  /** Deliveries after this one do not match. */
  readonly lastDelivery?: number | undefined;
  /** From 0 to 1. */
  readonly chance?: number | undefined;
  readonly behaviour: Behaviour;
}

/** How a command has been delivered. */
export interface Delivery {
  /** 1 for the first time. */
  readonly deliveryCount: number;
  /** Whether it was put off once, so that it must now take effect. */
  readonly isPostponed: boolean;
}

export const firstDelivery: Delivery = { deliveryCount: 1, isPostponed: false };

/**
 * How the participant behaves: as the first rule says that matches the command. Pure; `chance` is
 * drawn from the saga's id, the command's name and the rule's place, the same for every copy.
 */
export function behaviourFor(
  rules: readonly SimulationRule[],
  command: Command,
  delivery: Delivery = firstDelivery,
): Behaviour {
  if (delivery.isPostponed) return { kind: 'normal' };
  const rule = rules.find((each, at) => matches(each, { command, delivery, at }));
  return rule?.behaviour ?? { kind: 'normal' };
}

interface Occasion {
  readonly command: Command;
  readonly delivery: Delivery;
  /** The place of the rule, so that two rules with a chance are independent of each other. */
  readonly at: number;
}

function matches(rule: SimulationRule, { command, delivery, at }: Occasion): boolean {
  const { name, sagaId, attempt } = command;
  return [
    holds(rule.of, (kind) => kind === command.kind),
    holds(rule.command, (wanted) => wanted === name),
    holds(rule.order, (wanted) => isOrderOf(command, wanted)),
    holds(rule.attempts, (wanted) => wanted.includes(attempt)),
    holds(rule.lastAttempt, (last) => attempt <= last),
    holds(rule.lastDelivery, (last) => delivery.deliveryCount <= last),
    holds(rule.chance, (chance) => fractionOf(`${at}/${name}/${sagaId}`) < chance),
  ].every(Boolean);
}

function holds<Wanted>(wanted: Wanted | undefined, test: (wanted: Wanted) => boolean): boolean {
  return wanted === undefined || test(wanted);
}

/** The business id in the data is as upstream spelled it, that of the saga may be encoded. */
function isOrderOf({ sagaId, data }: Command, wanted: string): boolean {
  const ids = [sagaId, memberOf(data, 'order_id'), memberOf(data, 'receipt_id')];
  const isWanted = (id: unknown): boolean =>
    typeof id === 'string' &&
    (wanted.endsWith('*') ? id.startsWith(wanted.slice(0, -1)) : id === wanted);
  return ids.some(isWanted);
}

/**
 * A number from 0 up to, not including, 1 that looks random and depends on the text alone: FNV-1a,
 * whose last characters hardly reach the upper bits, and the finish of MurmurHash3, which mixes.
 */
export function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
