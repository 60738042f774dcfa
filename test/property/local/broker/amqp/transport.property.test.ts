import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeFrame } from '../../../../../local/broker/amqp/codec/frames.ts';
import type { Flow, Transfer } from '../../../../../local/broker/amqp/codec/performatives.ts';
import { SendQueue } from '../../../../../local/broker/amqp/send-queue.ts';
import { ByteBuffer } from '../../../../../local/broker/amqp/state/byte-buffer.ts';
import { DeliveryAssembler } from '../../../../../local/broker/amqp/state/delivery-assembly.ts';
import {
  drainCredit,
  noCredit,
  onDeliverySent,
  onLinkFlow,
} from '../../../../../local/broker/amqp/state/link-credit.ts';
import { addSerial, subtractSerial } from '../../../../../local/broker/amqp/state/serial-number.ts';

const payloads = fc.array(
  fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
  { maxLength: 12 },
);

describe('Frames', () => {
  it('come out whole and in order however the socket cuts them', () => {
    fc.assert(
      fc.property(
        payloads,
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
        (all, cuts) => {
          const frames = all.map((payload, handle) =>
            writeFrame({ performative: { type: 'transfer', handle } }, payload),
          );
          const bytes = Buffer.concat(frames);
          const buffer = new ByteBuffer();
          const taken: Buffer[] = [];
          for (let offset = 0, turn = 0; offset < bytes.length; turn++) {
            const end = offset + (cuts[turn % cuts.length] ?? 1);
            buffer.push(bytes.subarray(offset, end));
            offset = end;
            for (let frame = takeFrame(buffer); frame !== undefined; frame = takeFrame(buffer)) {
              taken.push(frame);
            }
          }
          expect(taken).toEqual(frames);
        },
      ),
    );
  });
});

describe('Deliveries', () => {
  it('arrive whole and in order through any window and frame size', () => {
    fc.assert(
      fc.property(
        payloads,
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
        (all, maxPayloadBytes, windows) => {
          const queue = new SendQueue(maxPayloadBytes);
          const assembler = new DeliveryAssembler(1000);
          const received: Buffer[] = [];
          let room = 0;
          let nextId = 0;
          const sink = {
            hasRoom: () => room > 0,
            startDelivery: () => nextId++,
            writeTransfer: (transfer: Transfer, payload: Buffer) => {
              expect(payload.length).toBeLessThanOrEqual(maxPayloadBytes);
              room -= 1;
              const assembly = assembler.add(transfer, payload);
              if (assembly.type === 'complete') received.push(assembly.delivery.payload);
            },
          };
          for (const payload of all) {
            queue.push(0, { tag: Buffer.from([1]), payload, settled: true });
          }
          const drained: Buffer[][] = [];
          queue.pushAction(() => drained.push([...received]));
          for (let turn = 0; drained.length === 0; turn++) {
            room = windows[turn % windows.length] ?? 1;
            queue.flush(sink);
            expect(room).toBeGreaterThanOrEqual(0);
          }
          expect(drained).toEqual([all]);
        },
      ),
    );
  });
});

describe('Link credit', () => {
  const step = fc.oneof(
    fc.record({ type: fc.constant('grant' as const), linkCredit: fc.nat(50) }),
    fc.record({ type: fc.constant('send' as const) }),
    fc.record({ type: fc.constant('drain' as const) }),
  );

  it('never lets more be sent than the receiver has granted, across the wrap of the count', () => {
    fc.assert(
      fc.property(fc.array(step), fc.nat(0xffffffff), (steps, startCount) => {
        let link = { ...noCredit, deliveryCount: startCount };
        // What the receiver knows: it has seen everything that was sent.
        let seenCount = startCount;
        let allowed = 0;
        for (const { type, ...fields } of steps) {
          if (type === 'grant' && 'linkCredit' in fields) {
            allowed = fields.linkCredit;
            link = onLinkFlow(link, flowOf(seenCount, allowed));
          } else if (type === 'send' && link.credit > 0) {
            link = onDeliverySent(link);
            seenCount = addSerial(seenCount, 1);
            allowed -= 1;
          } else if (type === 'drain') {
            link = drainCredit(link);
            seenCount = link.deliveryCount;
            allowed = 0;
          }
          expect(link.credit).toBe(allowed);
          expect(subtractSerial(link.deliveryCount, seenCount)).toBe(0);
        }
      }),
    );
  });
});

function takeFrame(buffer: ByteBuffer): Buffer | undefined {
  const frame = buffer.takeFrame(65_536);
  if (!frame.ok) throw new Error(frame.problem);
  return frame.value;
}

function flowOf(deliveryCount: number, linkCredit: number): Flow {
  return {
    type: 'flow',
    incomingWindow: 1,
    nextOutgoingId: 0,
    outgoingWindow: 1,
    deliveryCount,
    linkCredit,
  };
}
