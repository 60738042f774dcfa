import { describe, expect, it } from 'vitest';
import { connectLake } from '../../../../shared/bronze/index.ts';

const credential = { getToken: () => Promise.resolve(null) };
const options = { newId: () => 'id' };

describe('connecting a lake', () => {
  it('sends nothing until it is asked to', () => {
    const requests: string[] = [];
    const url = 'https://onelake.dfs.fabric.microsoft.com/plant/bronze.Lakehouse/Tables';
    connectLake(
      { target: 'onelake', url, credential },
      { ...options, onRequest: (kind) => requests.push(kind) },
    );
    expect(requests).toEqual([]);
  });

  it('refuses a URL that leads nowhere, as a fault of the configuration', () => {
    const open = () => connectLake({ target: 'adls', url: 'lake', credential }, options);
    expect(open).toThrow('Lake URL: it is no URL');
    expect(open).toThrow(
      expect.objectContaining({ code: 'config.invalid', kind: 'permanent' }) as Error,
    );
  });
});
