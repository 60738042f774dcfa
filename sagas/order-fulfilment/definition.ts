import type { JsonObject } from '../../shared/kernel/json-value.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import type { SagaDefinition } from '../definition.ts';
import { factsNamed, readAmount, readLines, readText } from '../read-facts.ts';

/**
 * From the sales order to the parcel. Whatever was charged is shipped or refunded: the money and
 * the goods go back only after the parcel is stopped.
 */
export const orderFulfilment: SagaDefinition = {
  name: 'order-fulfilment',
  startedBy: ['erp.salesorder.created'],
  cancelledBy: ['erp.salesorder.failed'],
  idOf: (data) => readText(data['order_id']),
  factsOf: readOrder,
  steps: [
    {
      name: 'create-order',
      participant: 'orders',
      command: factsNamed('order_id', 'amount', 'currency', 'lines'),
      compensation: { name: 'cancel-order', dependsOn: ['reserve-stock'] },
    },
    {
      name: 'reserve-stock',
      participant: 'inventory',
      command: factsNamed('order_id', 'lines'),
      compensation: { name: 'release-stock', dependsOn: ['pick-order', 'ship-order'] },
    },
    {
      name: 'charge-payment',
      participant: 'payment',
      command: factsNamed('order_id', 'amount', 'currency'),
      compensation: { name: 'refund-payment', dependsOn: ['ship-order'] },
    },
    {
      name: 'pick-order',
      participant: 'warehouse',
      command: factsNamed('order_id', 'lines'),
      compensation: { name: 'unpick-order', dependsOn: ['ship-order'] },
    },
    {
      name: 'pack-order',
      participant: 'warehouse',
      command: factsNamed('order_id'),
      compensation: { name: 'unpack-order', dependsOn: ['ship-order'] },
    },
    {
      name: 'ship-order',
      participant: 'shipping',
      command: factsNamed('order_id'),
      compensation: { name: 'recall-shipment', dependsOn: [] },
    },
    {
      name: 'complete-order',
      participant: 'orders',
      command: factsNamed('order_id'),
      compensation: { name: 'reopen-order', dependsOn: [] },
    },
  ],
};

function readOrder(data: JsonObject): Result<JsonObject, string> {
  const order_id = readText(data['order_id']);
  const amount = readAmount(data['order_total']);
  const currency = readText(data['currency']);
  if (order_id === undefined) return fail('data.order_id is missing');
  if (amount === undefined) return fail('data.order_total is not an amount');
  if (currency === undefined) return fail('data.currency is missing');
  // An order without items is known by its total alone; an item without quantity is one piece.
  const shape = { at: 'data.items', goods: 'product_id', quantity: 1 };
  const lines = readLines(data['items'] ?? [], shape);
  return lines.ok ? succeed({ order_id, amount, currency, lines: lines.value }) : lines;
}
