import { describe, expect, it } from 'vitest';
import { AppRegistry, createCoreModule } from '../../../../../local/host/core/core-module.ts';

function open() {
  const registry = new AppRegistry();
  return { registry, core: createCoreModule(registry, () => undefined) };
}

const metadata = { name: 'f', bindings: {} };
const callback = (): void => undefined;

describe('the core module', () => {
  it('takes functions until the start, each name once', () => {
    const { registry, core } = open();
    core.registerFunction(metadata, callback);
    expect([...registry.functions.keys()]).toEqual(['f']);
    expect(() => core.registerFunction(metadata, callback)).toThrow('already been registered');
    registry.isLocked = true;
    expect(() => core.registerFunction({ ...metadata, name: 'g' }, callback)).toThrow(
      'only be registered during app startup',
    );
  });

  it('refuses unknown hooks in the way the library looks for', () => {
    const { core } = open();
    expect(() => core.registerHook('lunch', callback)).toThrow(
      expect.objectContaining({ name: 'RangeError', isAzureFunctionsSystemError: true }) as Error,
    );
  });

  it('runs hooks in order, waits for each, and forgets disposed ones', async () => {
    const { registry, core } = open();
    const calls: string[] = [];
    core.registerHook('appStart', async () => {
      await Promise.resolve();
      calls.push('first');
    });
    const second = core.registerHook('appStart', () => calls.push('second'));
    await registry.hooks.run('appStart', {});
    second.dispose();
    second.dispose();
    await registry.hooks.run('appStart', {});
    expect(calls).toEqual(['first', 'second', 'first']);
  });

  it('stops at a hook that throws', async () => {
    const { registry, core } = open();
    const calls: string[] = [];
    core.registerHook('preInvocation', () => {
      throw new Error('no');
    });
    core.registerHook('preInvocation', () => calls.push('later'));
    await expect(registry.hooks.run('preInvocation', {})).rejects.toThrow('no');
    expect(calls).toEqual([]);
  });
});
