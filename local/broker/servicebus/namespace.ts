import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { systemClock, type Clock } from '../../../shared/kernel/time.ts';
import type { Endpoint, IncomingAttach, OutgoingAttach, RequestHandler } from '../amqp/index.ts';
import type { NamespaceDefinition } from './entities/entity-definitions.ts';
import { EntityTree, type Entity } from './entities/entity-tree.ts';
import { createAtomServer } from './management/atom-server.ts';
import { managementHandler } from './management/management-node.ts';
import { managedPathOf } from './protocol/addresses.ts';
import type { BrokerContext } from './protocol/broker-context.ts';
import { Dispatcher } from './protocol/dispatcher.ts';
import { attachReceiver } from './protocol/receiver-links.ts';
import { attachSender } from './protocol/sender-links.ts';

export interface ServiceBusOptions {
  readonly entities: NamespaceDefinition;
  readonly clock?: Clock;
  /** UUIDs as text, lower case. */
  readonly newId?: () => string;
  /** Of one message or batch: 1 MB by default. */
  readonly maxMessageBytes?: number;
}

const defaultMaxMessageBytes = 1024 * 1024;

/** How late, at most, a lock, a schedule or a lifetime takes effect that nobody asks about. */
const tickMs = 20;

/** A Service Bus namespace in memory, served to AMQP clients. */
export class ServiceBusNamespace implements Endpoint {
  readonly #context: BrokerContext;
  readonly #dispatchers = new Map<Entity, Dispatcher>();
  #ticking: NodeJS.Timeout | undefined;

  constructor(options: ServiceBusOptions) {
    const newId = options.newId ?? randomUUID;
    this.#context = {
      entities: new EntityTree(options.entities, { newId }),
      clock: options.clock ?? systemClock,
      newId,
      maxMessageBytes: options.maxMessageBytes ?? defaultMaxMessageBytes,
    };
  }

  /** Lets time pass for the entities until `stop`. */
  start(): void {
    this.#ticking ??= setInterval(() => {
      this.tick();
    }, tickMs).unref();
  }

  stop(): void {
    clearInterval(this.#ticking);
    this.#ticking = undefined;
  }

  /** Brings every entity up to now. */
  tick(): void {
    const now = this.#context.clock.now();
    this.#context.entities.advance(now);
    for (const dispatcher of this.#dispatchers.values()) dispatcher.tick(now);
  }

  /** Answers administration clients; the sockets are the caller's to give it and to close. */
  administration(): Server {
    const { entities, clock } = this.#context;
    return createAtomServer({ entities, createdAt: clock.now() });
  }

  attachOutgoing(attach: OutgoingAttach): void {
    attachReceiver(attach, this.#context, (entity) => this.#dispatcherOf(entity));
  }

  attachIncoming(attach: IncomingAttach): void {
    attachSender(attach, this.#context);
  }

  requestHandler(address: string): RequestHandler | undefined {
    const path = managedPathOf(address);
    const entity = path === undefined ? undefined : this.#context.entities.find(path);
    return entity && managementHandler(entity, this.#context);
  }

  #dispatcherOf(entity: Entity): Dispatcher {
    const known = this.#dispatchers.get(entity);
    if (known !== undefined) return known;
    const dispatcher = new Dispatcher(entity.queue, this.#context);
    this.#dispatchers.set(entity, dispatcher);
    return dispatcher;
  }
}
