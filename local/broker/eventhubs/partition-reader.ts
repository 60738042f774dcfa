import type { Clock } from '../../../shared/kernel/time.ts';
import type { ErrorCondition, OutgoingLink } from '../amqp/index.ts';
import { encodeWithMetrics, type HubEvent } from './event-codec.ts';
import type { PartitionLog } from './partition-log.ts';
import type { AdmittedReader } from './reader-admission.ts';

export interface PartitionReaderOptions {
  readonly log: PartitionLog<HubEvent>;
  readonly clock: Clock;
  readonly epoch: number | undefined;
  /** The sequence number to start from. */
  readonly start: number;
  /** Each event tells how far the partition has got. */
  readonly wantsMetrics: boolean;
  /** The client insists on settling: the service sends settled otherwise. */
  readonly isUnsettled: boolean;
}

/** One receiving client of a partition: sends what comes after its cursor while there is credit. */
export class PartitionReader implements AdmittedReader {
  readonly epoch: number | undefined;
  readonly #options: PartitionReaderOptions;
  #link: OutgoingLink | undefined;
  #cursor: number;
  #sentCount = 0;

  constructor(options: PartitionReaderOptions) {
    this.#options = options;
    this.epoch = options.epoch;
    this.#cursor = options.start;
  }

  /** Sends over `link` from now on. */
  open(link: OutgoingLink): void {
    this.#link = link;
    this.pump();
  }

  /** Sends what there is and what the client still takes. */
  pump(): void {
    const link = this.#link;
    if (link === undefined) return;
    const { log, clock } = this.#options;
    log.applyRetention(clock.now());
    while (link.isOpen && link.credit > 0) {
      const logged = log.readFrom(this.#cursor);
      if (logged === undefined) break;
      this.#cursor = logged.sequenceNumber + 1;
      link.send({
        tag: this.#nextTag(),
        payload: this.#payloadOf(logged.event),
        settled: !this.#options.isUnsettled,
      });
    }
    link.drained();
  }

  close(error: ErrorCondition): void {
    this.#link?.detach(error);
  }

  #payloadOf(event: HubEvent): Buffer {
    const { log, clock, wantsMetrics } = this.#options;
    return wantsMetrics ? encodeWithMetrics(event, log.summarize(), clock.now()) : event.payload;
  }

  #nextTag(): Buffer {
    const tag = Buffer.alloc(4);
    tag.writeUInt32BE(this.#sentCount >>> 0);
    this.#sentCount += 1;
    return tag;
  }
}
