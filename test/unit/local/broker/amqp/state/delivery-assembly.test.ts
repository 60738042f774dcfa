import { describe, expect, it } from 'vitest';
import type { Transfer } from '../../../../../../local/broker/amqp/codec/performatives.ts';
import { DeliveryAssembler } from '../../../../../../local/broker/amqp/state/delivery-assembly.ts';

const transfer: Transfer = { type: 'transfer', handle: 0 };

describe('The assembly of a delivery', () => {
  it('takes id and format from the first transfer and settled from any', () => {
    const assembler = new DeliveryAssembler(100);
    const first = { ...transfer, deliveryId: 7, messageFormat: 5, more: true };
    expect(assembler.add(first, Buffer.from('a')).type).toBe('incomplete');
    expect(assembler.add({ ...transfer, settled: true }, Buffer.from('b'))).toEqual({
      type: 'complete',
      delivery: { deliveryId: 7, format: 5, settled: true, payload: Buffer.from('ab') },
    });
  });

  it('refuses a first transfer without an id and one of another delivery', () => {
    const assembler = new DeliveryAssembler(100);
    expect(assembler.add(transfer, Buffer.from('a')).type).toBe('malformed');
    assembler.add({ ...transfer, deliveryId: 1, more: true }, Buffer.from('a'));
    expect(assembler.add({ ...transfer, deliveryId: 2 }, Buffer.from('b')).type).toBe('malformed');
  });

  it('counts a delivery over the limit to its end and starts afresh', () => {
    const assembler = new DeliveryAssembler(10);
    const first = { ...transfer, deliveryId: 1, more: true };
    for (let index = 0; index < 5; index++) {
      expect(assembler.add(first, Buffer.alloc(4)).type).toBe('incomplete');
    }
    expect(assembler.add({ ...first, more: false }, Buffer.alloc(4))).toMatchObject({
      type: 'too-large',
      sizeBytes: 24,
      delivery: { deliveryId: 1, payload: Buffer.alloc(0) },
    });
    expect(assembler.add({ ...transfer, deliveryId: 2 }, Buffer.alloc(10)).type).toBe('complete');
  });
});
