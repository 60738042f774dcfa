import { describe, expect, it } from 'vitest';
import { once } from '../../../functions/once.ts';

describe('once', () => {
  it('makes one value for everybody, also for those who ask at the same time', async () => {
    let made = 0;
    const get = once(() => Promise.resolve((made += 1)));
    expect(await Promise.all([get(), get()])).toEqual([1, 1]);
    expect(await get()).toBe(1);
  });

  it('tells everybody who waited of a failure, and makes the value anew for who asks next', async () => {
    let tries = 0;
    const get = once(() => {
      tries += 1;
      return tries === 1 ? Promise.reject(new Error('down')) : Promise.resolve(tries);
    });
    const waiting = [get(), get()];
    await expect(waiting[0]).rejects.toThrow('down');
    await expect(waiting[1]).rejects.toThrow('down');
    expect(await get()).toBe(2);
  });
});
