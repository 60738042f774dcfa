import { ServiceBusClient, type ServiceBusClientOptions } from '@azure/service-bus';
import type { BrokerConnection } from '../../shared/config/connections.ts';
import { createBusSender } from '../../shared/messaging/bus-sender.ts';
import type { BusSender } from '../../shared/ports/bus.ts';
import { openCredential } from './credential.ts';

/** The connection to the Service Bus namespace over which this process sends. */
export interface Bus {
  readonly sender: BusSender;
  close(): Promise<void>;
}

/** Two tries of 10 s end well within half a message lock of a minute. */
const clientOptions: ServiceBusClientOptions = {
  retryOptions: { maxRetries: 1, timeoutInMs: 10_000, retryDelayInMs: 500 },
};

/** Opens the client. Nothing is sent before it is used. */
export async function openBus(connection: BrokerConnection): Promise<Bus> {
  const client =
    connection.kind === 'connection-string'
      ? new ServiceBusClient(connection.text, clientOptions)
      : new ServiceBusClient(
          connection.namespace,
          await openCredential(connection.clientId),
          clientOptions,
        );
  return { sender: createBusSender(client), close: () => client.close() };
}
