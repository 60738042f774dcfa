import { resolveMessagingConnection } from '../../settings/connection.ts';
import { deferListener, idleListener } from '../deferred-listener.ts';
import { readPayloadOptions } from '../message-payload.ts';
import type { TriggerKind } from '../trigger-kind.ts';
import { readEntity } from './service-bus-entity.ts';

const defaultConnection = 'AzureWebJobsServiceBus';

/** Service Bus triggers: queues, subscriptions, their dead-letter queues, with or without sessions. */
export const serviceBusTriggerKind: TriggerKind = {
  type: 'serviceBusTrigger',
  prepare(target, options, services) {
    const { settings, hostJson, clock, log } = services;
    const bus = hostJson.serviceBus;
    const name = options.text('connection') ?? defaultConnection;
    const connection = resolveMessagingConnection(settings, name);
    if (!connection.ok) {
      options.add('connection', connection.problem.problem, connection.problem.remedy);
    }
    const entity = readEntity(options);
    const payload = readPayloadOptions(options);
    const hasSessions = options.flag('isSessionsEnabled', false);
    const autoComplete = options.flag('autoCompleteMessages', bus.autoCompleteMessages);
    if (options.flag('sdkBinding', false)) {
      const problem = 'settling messages from the function is not available in the embedded host';
      options.add('sdkBinding', problem, 'Return to complete a message, throw to abandon it');
    }
    if (target.definition.retry !== undefined) {
      const message =
        'Retry policies do not apply to Service Bus triggers: deliveries are counted.';
      log.write('warning', `Function.${target.definition.name}`, message);
    }
    if (!connection.ok) return idleListener;
    return deferListener(async () => {
      const { ServiceBusListener } = await import('./service-bus-listener.ts');
      return new ServiceBusListener({
        ...{ target, payload, entity, hasSessions, autoComplete, bus, clock, log },
        connection: connection.value,
      });
    });
  },
};
