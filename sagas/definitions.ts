import type { SagaDefinition } from './definition.ts';
import { materialReceipt } from './material-receipt/definition.ts';
import { orderFulfilment } from './order-fulfilment/definition.ts';

/** All sagas. A new one is added here, and nowhere else. */
export const definitions: readonly SagaDefinition[] = [orderFulfilment, materialReceipt];

/** The saga of that name. */
export function definitionNamed(name: string): SagaDefinition | undefined {
  return definitions.find((definition) => definition.name === name);
}

/** The saga that an event starts, by the event's catalogue name: `erp.salesorder.created`. */
export function definitionStartedBy(catalogueName: string): SagaDefinition | undefined {
  return definitions.find(({ startedBy }) => startedBy.includes(catalogueName));
}

/** The sagas that an event cancels, by the event's catalogue name: `erp.salesorder.failed`. */
export function definitionsCancelledBy(catalogueName: string): readonly SagaDefinition[] {
  return definitions.filter(({ cancelledBy }) => cancelledBy.includes(catalogueName));
}
