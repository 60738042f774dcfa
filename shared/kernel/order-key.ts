/** The code of a letter that did not fail: an earlier one of its key was dead when it came. */
export const parkedCode = 'order.blocked';

/** No entity and session of Service Bus is longer; what a foreign broker sends may be. */
const maxLength = 500;
const keptLength = 240;

/**
 * The order that a message belongs to: those of one session of one entity are handled one after the
 * other. Never ambiguous for what Service Bus has; of longer texts beginning, end and length count.
 * At most 500 characters, well-formed.
 */
export function orderKeyOf(origin: string, sessionId: string): string {
  const text = JSON.stringify([origin, sessionId]);
  if (text.length <= maxLength) return text;
  const [start, end] = [text.slice(0, keptLength), text.slice(-keptLength)];
  return `${start}(${text.length})${end}`.toWellFormed();
}
