import { splitArray } from '../../shared/kernel/json-text.ts';
import { skipSpace } from '../../shared/kernel/json-text-scan.ts';
import type { FeedMessage } from './feed-message.ts';

/** A larger batch is refused whole: one dead letter. */
const maxBatchEvents = 1_000;

/**
 * How many events a message counts as when it is received: each item of a JSON batch is one, and so
 * is anything that cannot be read.
 */
export function countEvents(
  message: Pick<FeedMessage, 'body' | 'contentType' | 'properties'>,
): number {
  const { body, contentType } = message;
  const isBatch = /^application\/cloudevents-batch\+json(;|$)/i.test(contentType ?? '');
  if (!isBatch && !mayBeBatch(message)) return 1;
  const text = decode(body);
  if (text?.[skipSpace(text, 0)] !== '[') return 1;
  const split = splitArray(text, maxBatchEvents);
  return split.ok ? Math.max(1, split.items.length) : 1;
}

/** Plain JSON without attributes: its text says whether it is an event or a batch. */
function mayBeBatch({
  contentType = '',
  properties,
}: Pick<FeedMessage, 'contentType' | 'properties'>): boolean {
  if (/^application\/cloudevents/i.test(contentType)) return false;
  const hasAttributes = [...properties.keys()].some((name) => /^(cloudEvents[:_]|ce-)/.test(name));
  return !hasAttributes && (contentType === '' || /[/+]json\s*(;|$)/i.test(contentType));
}

function decode(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    // Not UTF-8: one unreadable message.
    return undefined;
  }
}
