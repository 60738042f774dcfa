import { describe, expect, it } from 'vitest';
import { durationMs, epochMs } from '../../../../shared/kernel/time.ts';
import { createHubDirectory } from '../../../../shared/messaging/hub-directory.ts';

function createDirectory() {
  const state = { now: 0, asked: 0, isDown: false };
  const directory = createHubDirectory({
    ask: () => {
      state.asked += 1;
      if (state.isDown) return Promise.reject(new Error('down'));
      return Promise.resolve({ incarnation: `made ${state.asked}`, partitionIds: ['0'] });
    },
    clock: { now: () => epochMs(state.now) },
    maxAge: durationMs(30_000),
  });
  return { state, directory };
}

describe('createHubDirectory', () => {
  it('asks a hub once for all that want to know at the same time', async () => {
    const { state, directory } = createDirectory();
    const facts = await Promise.all([1, 2, 3].map(() => directory.facts('events')));
    expect(new Set(facts).size).toBe(1);
    expect(state.asked).toBe(1);
  });

  it('believes an answer for as long as it may and not longer', async () => {
    const { state, directory } = createDirectory();
    await directory.facts('events');
    state.now = 29_999;
    expect((await directory.facts('events')).incarnation).toBe('made 1');
    state.now = 30_000;
    expect((await directory.facts('events')).incarnation).toBe('made 2');
  });

  it('keeps hubs apart', async () => {
    const { directory } = createDirectory();
    const events = await directory.facts('events');
    expect(await directory.facts('bronze-landing')).not.toEqual(events);
  });

  it('takes what a refresh finds for everybody', async () => {
    const { directory } = createDirectory();
    await directory.facts('events');
    expect((await directory.refresh('events')).incarnation).toBe('made 2');
    expect((await directory.facts('events')).incarnation).toBe('made 2');
  });

  it('forgets a failure at once', async () => {
    const { state, directory } = createDirectory();
    state.isDown = true;
    await expect(directory.facts('events')).rejects.toThrow('down');
    state.isDown = false;
    expect((await directory.facts('events')).incarnation).toBe('made 2');
  });
});
