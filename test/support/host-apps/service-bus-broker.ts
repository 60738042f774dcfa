import { listen } from '../../../local/broker/amqp/index.ts';
import { parseServiceBusEntities } from '../../../local/broker/servicebus/entities/emulator-entities.ts';
import { ServiceBusNamespace } from '../../../local/broker/servicebus/namespace.ts';

export interface ServiceBusBroker {
  readonly connectionString: string;
  readonly stop: () => Promise<void>;
}

/** Serves queues and topics, written as in the emulator's file, in this process. */
export async function startServiceBusBroker(entities: object): Promise<ServiceBusBroker> {
  const definition = parseServiceBusEntities({
    UserConfig: { Namespaces: [{ Name: 'sbemulatorns', ...entities }] },
  });
  if (!definition.ok) throw new Error(JSON.stringify(definition.problem));
  const namespace = new ServiceBusNamespace(definition.value);
  const listener = await listen({ endpoint: namespace, port: 0 });
  namespace.start();
  return {
    connectionString:
      `Endpoint=sb://127.0.0.1:${listener.port};SharedAccessKeyName=RootManageSharedAccessKey;` +
      'SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;',
    stop: async () => {
      namespace.stop();
      await listener.close();
    },
  };
}
