import { describe, expect, it } from 'vitest';
import { setClientEnvironment } from '../../../../../../local/host/durable/client-environment.ts';
import {
  hubNameOf,
  readDurableOptions,
} from '../../../../../../local/host/durable/durable-options.ts';
import { clientBinding } from '../../../../../../local/host/durable/rpc/client-binding.ts';
import { OptionReader } from '../../../../../../local/host/settings/option-reader.ts';
import { Settings } from '../../../../../../local/host/settings/settings.ts';

describe('the value of a client binding', () => {
  it('has texts only, and an RPC address that relative paths can be put behind', () => {
    const binding = JSON.parse(clientBinding('http://127.0.0.1:7071', 'hub')) as {
      rpcBaseUrl: string;
      managementUrls: Record<string, unknown>;
    };
    expect(new URL('instances/x', binding.rpcBaseUrl).href).toBe(
      'http://127.0.0.1:7071/runtime/webhooks/durabletask/instances/x',
    );
    for (const url of Object.values(binding.managementUrls)) expect(typeof url).toBe('string');
  });

  it('is kept from proxies and other ports by the environment', () => {
    const environment = { NO_PROXY: 'example.com' };
    setClientEnvironment(environment, 'http://127.0.0.1:7071');
    expect(environment).toEqual({
      WEBSITE_HOSTNAME: '127.0.0.1:7071',
      NO_PROXY: 'example.com,127.0.0.1',
      no_proxy: '127.0.0.1',
    });
  });
});

describe('the name of a hub', () => {
  const read = (hubName?: string) => {
    const reader = new OptionReader({
      ...{ where: 'host.json', values: { hubName }, settings: new Settings({}) },
    });
    return { options: readDurableOptions(reader, 1), problems: reader.problems };
  };

  it('is made of the id of the host, unless it is given', () => {
    expect(hubNameOf(read().options, 'bronze-flow-1a2b')).toBe('hbronzeflow1a2b');
    expect(hubNameOf(read('Mine').options, 'bronze')).toBe('Mine');
  });

  it('is refused where no table could have it', () => {
    expect(read('my-hub').problems).toMatchObject([{ key: 'hubName' }]);
    expect(read('1hub').problems).toHaveLength(1);
  });
});
