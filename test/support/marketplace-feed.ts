import { randomUUID } from 'node:crypto';
import { marketplaceLines } from './events/messages.ts';

/** A feed of orders in the form of a real marketplace's, and what becomes of them. */
export interface MarketplaceFeed {
  readonly text: string;
  readonly events: number;
  readonly orders: number;
  /** Orders that an event calls off. */
  readonly failed: number;
}

/** The sample orders of the marketplace so many times over, each time under new ids. */
export function marketplaceFeed(copies: number): MarketplaceFeed {
  const lines = Array.from({ length: copies }, copyLines).flat();
  const count = (type: string): number => lines.filter((line) => line.includes(type)).length;
  return {
    text: lines.join('\n'),
    events: lines.length,
    orders: count('.erp.salesorder.created"'),
    failed: count('.erp.salesorder.failed"'),
  };
}

function copyLines(): readonly string[] {
  const ids = new Map<string, string>();
  return marketplaceLines().map((line) => {
    const event = JSON.parse(line) as { readonly id: string; readonly subject: string };
    const order = ids.get(event.subject) ?? randomUUID().replaceAll('-', '');
    ids.set(event.subject, order);
    return line.replaceAll(event.subject, order).replace(event.id, randomUUID());
  });
}
