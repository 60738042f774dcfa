import type { Registration } from './registration.ts';

/** Measures dead letters and tells roles what they have to know. */
export function registerMeasureDeadLetters({ app, config, run }: Registration): void {
  app.timer('measure-dead-letters', {
    schedule: config.deadLetters.schedule,
    handler: (_timer, context) =>
      run(context, async ({ deadLetters }) => {
        const { measure } = await deadLetters();
        await measure();
      }),
  });
}
