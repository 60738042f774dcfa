import type { Registration } from './registration.ts';

/** Goes on with replays that a crash left half-done, and releases parked letters whose turn it is. */
export function registerResumeReplays({ app, config, run }: Registration): void {
  app.timer('resume-replays', {
    schedule: config.schedules.settle,
    handler: (_timer, context) =>
      run(context, async ({ replays }) => {
        const { resume } = await replays();
        await resume();
      }),
  });
}
