import type { Listener } from './trigger-kind.ts';

/** Stands in where a problem keeps the host from starting anyway. */
export const idleListener: Listener = {
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
};

/** A listener whose module, with the SDK it needs, is loaded only when it starts. */
export function deferListener(load: () => Promise<Listener>): Listener {
  let loaded: Listener | undefined;
  return {
    async start() {
      loaded = await load();
      await loaded.start();
    },
    async stop() {
      await loaded?.stop();
    },
  };
}
