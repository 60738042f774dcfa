import type { Upcaster } from '../shared/schema/index.ts';
import { upcasters as orderPlaced } from './erp/order.placed/upcasters.ts';

const chains: ReadonlyMap<string, readonly Upcaster[]> = new Map([
  ['erp.order.placed', orderPlaced],
]);

/** The upcasters of an event type by its catalogue name: the first lifts version 1 to 2, and so on. */
export function upcastersOf(name: string): readonly Upcaster[] {
  return chains.get(name) ?? [];
}
