import { describe, expect, it } from 'vitest';
import { readConnections } from '../../../../shared/config/connection-set.ts';
import {
  readBrokerConnection,
  readStorageConnection,
} from '../../../../shared/config/connections.ts';

const secret = 'SharedAccessKeyName=k;SharedAccessKey=s=';

describe('readBrokerConnection', () => {
  it.each([
    ['sb://Name.servicebus.windows.net/', 'name.servicebus.windows.net'],
    ['sb://127.0.0.1:5673;', '127.0.0.1'],
    ['sb://localhost', 'localhost'],
    ['sb://[::1]:5672/', '[::1]'],
  ])('takes the namespace of %s without port and in lower case', (endpoint, namespace) => {
    const text = `Endpoint=${endpoint};${secret};UseDevelopmentEmulator=true;`;
    expect(readBrokerConnection({ Hubs: text }, 'Hubs')).toMatchObject({
      ok: true,
      value: { kind: 'connection-string', text, namespace },
    });
  });

  it('takes the identity form when there is no connection string', () => {
    const env = {
      Hubs: ' ',
      Hubs__fullyQualifiedNamespace: 'Name.servicebus.windows.net',
      Hubs__clientId: 'id',
    };
    expect(readBrokerConnection(env, 'Hubs')).toEqual({
      ok: true,
      value: { kind: 'identity', namespace: 'name.servicebus.windows.net', clientId: 'id' },
    });
  });

  it.each([
    { Hubs: secret },
    { Hubs: 'Endpoint=sb://name/' },
    { Hubs: `Endpoint=sb://name/;${secret};EntityPath=hub` },
    { Hubs__fullyQualifiedNamespace: 'https://name.servicebus.windows.net' },
    {},
  ])('refuses %o', (env) => {
    expect(readBrokerConnection(env, 'Hubs')).toMatchObject({ ok: false });
  });
});

describe('readStorageConnection', () => {
  it('takes an account name or service URIs as the identity form', () => {
    expect(readStorageConnection({ State__accountName: 'sales' }, 'State')).toMatchObject({
      value: {
        kind: 'identity',
        blobUrl: 'https://sales.blob.core.windows.net',
        tableUrl: 'https://sales.table.core.windows.net',
      },
    });
    const env = {
      State__blobServiceUri: 'https://b.example/',
      State__tableServiceUri: 'https://t.example',
    };
    expect(readStorageConnection(env, 'State')).toMatchObject({
      value: { blobUrl: 'https://b.example', tableUrl: 'https://t.example' },
    });
  });

  it.each([
    { State: 'AccountName=sales' },
    { State__accountName: '../sales' },
    { State__blobServiceUri: 'https://b.example' },
    { State__blobServiceUri: 'ftp://b.example', State__tableServiceUri: 'https://t.example' },
    {},
  ])('refuses %o', (env) => {
    expect(readStorageConnection(env, 'State')).toMatchObject({ ok: false });
  });
});

describe('readConnections', () => {
  const hubs = `Endpoint=sb://name/;${secret}`;
  const base = { EventHubs: hubs, ServiceBus: hubs };
  const account = (name: string): string => `AccountName=${name};AccountKey=a2V5`;

  it('puts state with the host and Bronze with the state unless told otherwise', () => {
    const env = { ...base, AzureWebJobsStorage: account('host') };
    expect(readConnections(env).complete).toMatchObject({
      stateStorage: { text: account('host') },
      bronzeStorage: { text: account('host') },
    });
    expect(readConnections({ ...env, StateStorage: account('state') }).complete).toMatchObject({
      stateStorage: { text: account('state') },
      bronzeStorage: { text: account('state') },
    });
    const apart = { ...env, BronzeStorage__accountName: 'bronze' };
    expect(readConnections(apart).complete).toMatchObject({
      stateStorage: { text: account('host') },
      bronzeStorage: { blobUrl: 'https://bronze.blob.core.windows.net' },
    });
  });

  it('reports a storage account that several connections share once', () => {
    const { complete, problems } = readConnections(base);
    expect(complete).toBeUndefined();
    expect(problems.map(({ key }) => key)).toEqual(['AzureWebJobsStorage']);
  });
});
