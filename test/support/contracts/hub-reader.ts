import { beforeEach, describe, expect, it } from 'vitest';
import type { HubPartition } from '../../../shared/kernel/author.ts';
import type { HubMessage, HubReader } from '../../../shared/ports/hub.ts';

/** An empty partition of a hub, a reader for it, and a producer. */
export interface OpenedHub {
  readonly reader: HubReader;
  readonly partition: HubPartition;
  /** Sends messages whose bodies are these texts, in order. */
  send(bodies: readonly string[]): Promise<void>;
}

/** What every hub reader must make true. */
export function hubReaderContract(name: string, open: () => Promise<OpenedHub>): void {
  describe(`HubReader contract: ${name}`, () => {
    let hub: OpenedHub;

    beforeEach(async () => {
      hub = await open();
    });

    async function read(first: number, last: number): Promise<readonly string[]> {
      const messages = await hub.reader.read(hub.partition, first, last);
      return messages.map(({ body }: HubMessage) => Buffer.from(body).toString());
    }

    it('knows the bounds of an empty partition', async () => {
      const bounds = await hub.reader.bounds(hub.partition);
      expect(bounds.lastSequenceNumber).toBe(bounds.beginSequenceNumber - 1);
      const { beginSequenceNumber: first } = bounds;
      expect(await read(first, first + 5)).toEqual([]);
    });

    it('reads exactly the range that is asked for', async () => {
      await hub.send(['a', 'b', 'c', 'd', 'e']);
      const { beginSequenceNumber, lastSequenceNumber } = await hub.reader.bounds(hub.partition);
      expect(lastSequenceNumber).toBe(beginSequenceNumber + 4);
      expect(await read(beginSequenceNumber + 1, beginSequenceNumber + 3)).toEqual(['b', 'c', 'd']);
      expect(await read(beginSequenceNumber, beginSequenceNumber)).toEqual(['a']);
      expect(await read(beginSequenceNumber + 3, beginSequenceNumber + 9)).toEqual(['d', 'e']);
    });

    it('numbers messages without a gap', async () => {
      await hub.send(['a', 'b', 'c']);
      const { beginSequenceNumber: first } = await hub.reader.bounds(hub.partition);
      const messages = await hub.reader.read(hub.partition, first, first + 2);
      expect(messages.map(({ sequenceNumber }) => sequenceNumber - first)).toEqual([0, 1, 2]);
    });

    it('knows the current incarnation and no other', async () => {
      const { partition, reader } = hub;
      expect(await reader.isCurrent(partition)).toBe(true);
      const former = { ...partition, incarnation: '2001-01-01T00:00:00.000Z' };
      expect(await reader.isCurrent(former)).toBe(false);
    });
  });
}
