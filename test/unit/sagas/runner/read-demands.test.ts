import { describe, expect, it } from 'vitest';
import { definitions } from '../../../../sagas/definitions.ts';
import { createDemandReader } from '../../../../sagas/runner/read-demands.ts';
import { sagaKeyOf, takeDemand } from '../../../../sagas/runner/take-demand.ts';
import type { EventReader } from '../../../../shared/ports/events.ts';
import { hubMessage } from '../../../support/bus-messages.ts';
import { realCatalogue, readerWith } from '../../../support/events/readers.ts';
import { salesOrder } from '../../../support/events.ts';

const reader = readerWith({ catalogue: realCatalogue(), profile: 'strict' });

function openReader() {
  let reads = 0;
  const counting: EventReader = {
    read: (message) => {
      reads += 1;
      return reader.read(message);
    },
  };
  const { demandsIn } = createDemandReader(counting, definitions);
  return {
    demandsIn: (text: string, properties: ReadonlyMap<string, unknown> = new Map()) =>
      demandsIn(hubMessage({ body: Buffer.from(text), properties })),
    reads: () => reads,
  };
}

const textOf = (event: unknown): string => JSON.stringify(event);
const failed = (order: string) =>
  salesOrder({
    type: 'com.acmemfg.erp.salesorder.failed',
    data: { order_id: order, reason: 'canceled' },
  });

describe('the events that concern sagas', () => {
  it('start the saga of their order, whatever organisation sends them', () => {
    const order = salesOrder({ type: 'com.other.erp.salesorder.created' });
    const demands = openReader().demandsIn(textOf(order));
    expect(demands).toMatchObject([
      { kind: 'start', definition: { name: 'order-fulfilment' }, event: { key: { id: order.id } } },
    ]);
    expect(demands.map(sagaKeyOf)).toEqual([order.subject]);
  });

  it('cancel it', async () => {
    const [demand] = openReader().demandsIn(textOf(failed('SO-9')));
    if (demand === undefined) throw new Error('no demand');
    const cancels: unknown[] = [];
    const outcome = await takeDemand(
      {
        start: () => Promise.reject(new Error('a start')),
        cancel: (...given) => {
          cancels.push(given);
          return Promise.resolve('delivered');
        },
      },
      demand,
    );
    expect(outcome).toEqual({ kind: 'cancelled', sagaId: 'SO-9', outcome: 'delivered' });
    const { source, id } = demand.event.key;
    expect(cancels).toEqual([
      ['SO-9', { id: `event ${source} ${id}`, code: 'saga.cancelled', detail: 'canceled' }],
    ]);
  });

  it('are found in a batch, in its order', () => {
    const order = salesOrder();
    const batch = [order, salesOrder({ id: 'no uuid' }), failed(order.subject)];
    const demands = openReader().demandsIn(textOf(batch));
    expect(demands.map(({ kind }) => kind)).toEqual(['start', 'cancel']);
  });

  it('are found in binary mode', () => {
    const { data, ...attributes } = salesOrder();
    const properties = new Map(
      Object.entries(attributes)
        .filter(([name]) => name !== 'datacontenttype')
        .map(([name, value]) => [`cloudEvents:${name}`, value]),
    );
    const message = hubMessage({
      ...{ body: Buffer.from(textOf(data)), contentType: 'application/json', properties },
    });
    const { demandsIn } = createDemandReader(reader, definitions);
    expect(demandsIn(message)).toMatchObject([{ kind: 'start' }]);
  });

  it('are found when their type is spelled with escapes', () => {
    const text = textOf(salesOrder()).replace('salesorder.created', 'sales\\u006frder.created');
    expect(openReader().demandsIn(text)).toHaveLength(1);
  });

  it('are told from all others without reading those', () => {
    const { demandsIn, reads } = openReader();
    expect(demandsIn(textOf(salesOrder({ type: 'com.acmemfg.iot.telemetry.created' })))).toEqual(
      [],
    );
    expect(demandsIn('no event at all')).toEqual([]);
    expect(reads()).toBe(0);
  });

  it('are none when Bronze rejects them, or when they only speak of one', () => {
    const { demandsIn } = openReader();
    expect(demandsIn(textOf(salesOrder({ data: { order_id: 'SO-1' } })))).toEqual([]);
    expect(demandsIn(textOf(salesOrder({ id: '1' })))).toEqual([]);
    expect(demandsIn('{"type":"com.acmemfg.erp.salesorder.created"}')).toEqual([]);
  });

  it('have the word that is looked for in every name that the catalogue knows them by', () => {
    const names = definitions.flatMap(({ startedBy, cancelledBy }) => [
      ...startedBy,
      ...cancelledBy,
    ]);
    for (const name of names) {
      const type = realCatalogue().find(`com.any.${name}`);
      expect(type?.table).toBe(`brz_event_${name.replaceAll('.', '_')}`);
      const word = name.split('.').slice(-2).join('.');
      expect(type?.aliases.filter((alias) => !alias.includes(word))).toEqual([]);
    }
  });
});
