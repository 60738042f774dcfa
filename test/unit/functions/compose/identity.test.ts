import { describe, expect, it } from 'vitest';
import { openHubs } from '../../../../functions/compose/hubs.ts';
import { openLake } from '../../../../functions/compose/lake.ts';
import { openStorage } from '../../../../functions/compose/storage.ts';
import type { Config } from '../../../../shared/config/config.ts';
import { readConfig } from '../../../../shared/config/read-config.ts';

/** The settings of an application in Azure that holds no secret but its keys. */
const settings = {
  environment: 'production',
  EventHubs__fullyQualifiedNamespace: 'sales.servicebus.windows.net',
  EventHubs__clientId: '00000000-0000-0000-0000-000000000001',
  ServiceBus__fullyQualifiedNamespace: 'sales.servicebus.windows.net',
  AzureWebJobsStorage__accountName: 'saleshost',
  BronzeStorage__accountName: 'saleslake',
  payload_hash_key: Buffer.alloc(32, 1).toString('base64'),
  privacy_key: Buffer.alloc(32, 2).toString('base64'),
};

function configOf(overrides: Readonly<Record<string, string>> = {}): Config {
  const config = readConfig({ ...settings, ...overrides });
  if (!config.ok) throw new Error(JSON.stringify(config.problem));
  return config.value;
}

describe('connections with an identity', () => {
  it('reach the storage account by its name', async () => {
    const storage = await openStorage(configOf().connections.stateStorage);
    expect(storage.container('payloads').url).toBe(
      'https://saleshost.blob.core.windows.net/payloads',
    );
  });

  it('reach the hubs by their namespace, one client for each hub', async () => {
    const hubs = await openHubs(configOf().connections.eventHubs, 'cg-data-reread');
    const consumer = hubs.consumerOf('events');
    expect(consumer.fullyQualifiedNamespace).toBe('sales.servicebus.windows.net');
    expect(hubs.consumerOf('events')).toBe(consumer);
    expect(hubs.consumerOf('bronze-landing')).not.toBe(consumer);
    expect(hubs.producerOf('bronze-landing').eventHubName).toBe('bronze-landing');
    await hubs.close();
  });

  it.each([
    [{}],
    [{ bronze_target: 'adls' }],
    [
      {
        bronze_target: 'onelake',
        bronze_url: 'https://onelake.blob.fabric.microsoft.com/sales/bronze.Lakehouse',
      },
    ],
  ])('open the lake that %j names, without sending anything', async (overrides) => {
    const lake = await openLake(configOf(overrides), () => 'id');
    expect(lake).toHaveProperty('store');
  });
});
