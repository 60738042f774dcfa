/**
 * What a broker itself counts. Reading takes nothing out of it.
 * Errors: none. What it does not say is left out: a count is a help, never a condition.
 */
export interface BrokerCounts {
  /** Messages in the dead-letter queues of queues and `topic/Subscriptions/name`, by entity. */
  deadLetters(entities: readonly string[]): Promise<ReadonlyMap<string, number>>;
}
