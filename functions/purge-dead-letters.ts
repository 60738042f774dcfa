import type { Registration } from './registration.ts';

/** Purges the payloads of dead letters beyond their retention; who decided what is kept. */
export function registerPurgeDeadLetters({ app, config, run }: Registration): void {
  app.timer('purge-dead-letters', {
    schedule: config.schedules.clean,
    handler: (_timer, context) =>
      run(context, async ({ deadLetters }) => {
        const { purge } = await deadLetters();
        await purge();
      }),
  });
}
