import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { listen, type ConnectionProblem, type Endpoint, type Listener } from './amqp/index.ts';
import { EventHubsNamespace, type EventHubsOptions } from './eventhubs/namespace.ts';
import { ServiceBusNamespace, type ServiceBusOptions } from './servicebus/namespace.ts';

export interface BrokerOptions {
  /** The hubs, and the port to serve them on (0 or none: a free one). */
  readonly eventHubs?: EventHubsOptions & { readonly port?: number };
  /** The queues and topics, and the port to serve them on. */
  readonly serviceBus?: ServiceBusOptions & { readonly port?: number };
  /** Told of clients that break the protocol, and of bugs. Nothing by default. */
  readonly onProblem?: (problem: ConnectionProblem) => void;
}

/** A running broker. A namespace that was not asked for has an empty connection string. */
export interface Broker {
  /** Connection strings for the real SDK clients. */
  readonly eventHubs: string;
  readonly serviceBus: string;
  /** Closes all connections and ports. What was stored is gone. */
  stop(): Promise<void>;
}

/**
 * Starts the broker in this process: one port for each namespace, because clients do not say by
 * which name or port they came.
 * Errors: `broker.unavailable` when a port is taken.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { eventHubs, serviceBus, onProblem } = options;
  const namespace = serviceBus && new ServiceBusNamespace(serviceBus);
  const administration = namespace?.administration();
  const listeners: Listener[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()));
    namespace?.stop();
  };
  const serve = async (endpoint: Endpoint, port = 0, http?: Server): Promise<string> => {
    const onOther = http && ((socket: Socket): void => void http.emit('connection', socket));
    const listener = await listen({
      ...{ endpoint, port },
      ...(onProblem && { onProblem }),
      ...(onOther && { onOther }),
    });
    listeners.push(listener);
    return connectionString(listener.port);
  };
  namespace?.start();
  try {
    return {
      eventHubs: eventHubs ? await serve(new EventHubsNamespace(eventHubs), eventHubs.port) : '',
      serviceBus: namespace ? await serve(namespace, serviceBus.port, administration) : '',
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** In the form of Microsoft's emulators: the key is public and not checked. */
function connectionString(port: number): string {
  return (
    `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=RootManageSharedAccessKey;` +
    'SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;'
  );
}
