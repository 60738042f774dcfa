import { systemClock, type Clock, type EpochMs } from '../../../shared/kernel/time.ts';
import type { Endpoint, IncomingAttach, OutgoingAttach, RequestHandler } from '../amqp/index.ts';
import type { HubDefinition } from './entities.ts';
import { Hub } from './hub.ts';
import type { Retention } from './partition-log.ts';
import { attachPublisher } from './publishing.ts';
import { attachReader } from './reading.ts';
import { answerRead } from './runtime-information.ts';

export interface EventHubsOptions {
  readonly hubs: readonly HubDefinition[];
  readonly clock?: Clock;
  /** What each partition keeps at most; everything by default. */
  readonly retention?: Retention;
  /** Of one send: 1 MB by default, as in the standard tier. */
  readonly maxMessageBytes?: number;
}

const defaultMaxMessageBytes = 1024 * 1024;

/** An Event Hubs namespace in memory. A new one is a new incarnation of its hubs. */
export class EventHubsNamespace implements Endpoint {
  readonly #hubs: ReadonlyMap<string, Hub>;
  readonly #clock: Clock;
  readonly #createdAt: EpochMs;
  readonly #maxMessageBytes: number;

  constructor(options: EventHubsOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#createdAt = this.#clock.now();
    this.#maxMessageBytes = options.maxMessageBytes ?? defaultMaxMessageBytes;
    const hubOptions = { clock: this.#clock, retention: options.retention ?? {} };
    this.#hubs = new Map(
      options.hubs.map((definition) => [
        definition.name.toLowerCase(),
        new Hub(definition, hubOptions),
      ]),
    );
  }

  attachIncoming(attach: IncomingAttach): void {
    attachPublisher(attach, this.#findHub, this.#maxMessageBytes);
  }

  attachOutgoing(attach: OutgoingAttach): void {
    attachReader(attach, this.#findHub, this.#clock);
  }

  requestHandler(address: string): RequestHandler | undefined {
    if (address !== '$management') return undefined;
    const source = {
      findHub: this.#findHub,
      createdAt: this.#createdAt,
      now: () => this.#clock.now(),
    };
    return (request) => answerRead(request, source);
  }

  readonly #findHub = (name: string): Hub | undefined => this.#hubs.get(name.toLowerCase());
}
