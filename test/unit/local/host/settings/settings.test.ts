import { describe, expect, it } from 'vitest';
import { resolveBlobConnection } from '../../../../../local/host/settings/connection.ts';
import { resolveMessagingConnection } from '../../../../../local/host/settings/connection.ts';
import { Settings } from '../../../../../local/host/settings/settings.ts';

describe('Settings', () => {
  const settings = new Settings({ Hub: 'events', Team__Name: 'data', Empty: '', A__b__c: '1' });

  it('replaces every %NAME% and names the missing ones', () => {
    expect(settings.resolve('cg-%Team:Name%-%Hub%')).toEqual({ ok: true, value: 'cg-data-events' });
    expect(settings.resolve('%Hub%/%Empty%/%Nowhere%')).toEqual({
      ok: false,
      problem: ['Empty', 'Nowhere'],
    });
    expect(settings.resolve('100 % and 5 %')).toMatchObject({ ok: false });
    expect(settings.resolve('no token')).toEqual({ ok: true, value: 'no token' });
  });

  it('finds nothing that an object inherits', () => {
    expect(settings.get('toString')).toBeUndefined();
    expect(settings.get('__proto__')).toBeUndefined();
  });

  it('finds the settings right below a prefix, in any case', () => {
    expect(settings.below('a__B__')).toEqual({ c: '1' });
    expect(settings.below('A__')).toEqual({});
  });
});

describe('a connection name', () => {
  it('stands for a connection string before an identity, also without its prefix', () => {
    const settings = new Settings({
      Bus: 'Endpoint=sb://x',
      Bus__fullyQualifiedNamespace: 'x.servicebus.windows.net',
      AzureWebJobsHub__fullyQualifiedNamespace: 'y.servicebus.windows.net',
      AzureWebJobsHub__clientId: 'id',
      AzureWebJobsHub__credential: 'managedidentity',
    });
    expect(resolveMessagingConnection(settings, 'Bus')).toEqual({
      ok: true,
      value: { kind: 'connectionString', connectionString: 'Endpoint=sb://x' },
    });
    expect(resolveMessagingConnection(settings, 'Hub')).toEqual({
      ok: true,
      value: {
        kind: 'identity',
        endpoint: 'y.servicebus.windows.net',
        clientId: 'id',
        credential: 'managedidentity',
      },
    });
  });

  it('stands for the blobs of an account by URL or by name', () => {
    const settings = new Settings({
      One__blobServiceUri: 'https://one.example',
      Two__accountName: 'two',
    });
    expect(resolveBlobConnection(settings, 'One')).toMatchObject({
      value: { endpoint: 'https://one.example' },
    });
    expect(resolveBlobConnection(settings, 'Two')).toMatchObject({
      value: { endpoint: 'https://two.blob.core.windows.net' },
    });
  });

  it('that is not set says how to set it', () => {
    expect(resolveMessagingConnection(new Settings({}), 'Bus')).toEqual({
      ok: false,
      problem: {
        problem: 'the connection "Bus" is not set',
        remedy:
          'Set "Bus" to a connection string, or "Bus__fullyQualifiedNamespace" to use an identity',
      },
    });
  });
});
