import { ServiceBusAdministrationClient } from '@azure/service-bus';
import type { BrokerConnection } from '../../shared/config/connections.ts';
import { openCredential } from './credential.ts';

/** Nobody waits for a count: what fails is asked again by the next measurement. */
const clientOptions = { retryOptions: { maxRetries: 0 } };

/** Opens the administration client of the Service Bus namespace. Nothing is sent before it is used. */
export async function openBusAdministration(
  connection: BrokerConnection,
): Promise<ServiceBusAdministrationClient> {
  if (connection.kind === 'identity') {
    const credential = await openCredential(connection.clientId);
    return new ServiceBusAdministrationClient(connection.namespace, credential, clientOptions);
  }
  const client = new ServiceBusAdministrationClient(connection.text, clientOptions);
  if (/;\s*UseDevelopmentEmulator\s*=\s*true/i.test(connection.text)) speakWithoutTls(client);
  return client;
}

/** The client knows of no emulator: it speaks HTTPS to every endpoint. */
function speakWithoutTls({ pipeline }: ServiceBusAdministrationClient): void {
  pipeline.addPolicy({
    name: 'emulatorPolicy',
    sendRequest: (request, next) => {
      request.url = request.url.replace(/^https:/, 'http:');
      request.allowInsecureConnection = true;
      return next(request);
    },
  });
}
