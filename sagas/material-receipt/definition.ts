import type { JsonObject } from '../../shared/kernel/json-value.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import type { SagaDefinition } from '../definition.ts';
import { factsNamed, readLines, readText } from '../read-facts.ts';

/** From the delivered goods to stock that may be sold. Nothing cancels it but a person. */
export const materialReceipt: SagaDefinition = {
  name: 'material-receipt',
  startedBy: ['erp.receipt.confirmed'],
  cancelledBy: [],
  idOf: (data) => {
    const receipt = readText(data['receipt_id']);
    // Receipts and orders are numbered apart from each other, sagas are not.
    return receipt === undefined ? undefined : `receipt-${receipt}`;
  },
  factsOf: readReceipt,
  steps: [
    {
      name: 'receive-stock',
      participant: 'inventory',
      command: factsNamed('receipt_id', 'lines'),
      compensation: { name: 'withdraw-stock', dependsOn: ['put-away', 'clear-stock'] },
    },
    {
      name: 'put-away',
      participant: 'warehouse',
      command: factsNamed('receipt_id', 'lines'),
      compensation: { name: 'take-out', dependsOn: ['clear-stock'] },
    },
    {
      name: 'clear-stock',
      participant: 'inventory',
      command: factsNamed('receipt_id', 'lines'),
      compensation: { name: 'block-stock', dependsOn: [] },
    },
  ],
};

function readReceipt(data: JsonObject): Result<JsonObject, string> {
  const receipt_id = readText(data['receipt_id']);
  const purchase_order_id = readText(data['purchase_order_id']);
  if (receipt_id === undefined) return fail('data.receipt_id is missing');
  if (purchase_order_id === undefined) return fail('data.purchase_order_id is missing');
  const lines = readLines(data['lines'] ?? null, { at: 'data.lines', goods: 'material_id' });
  return lines.ok ? succeed({ receipt_id, purchase_order_id, lines: lines.value }) : lines;
}
