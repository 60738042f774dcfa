import type { Registration } from './registration.ts';

/** Looks for choreographed sagas whose answers are overdue, or whose time is up. */
export function registerExpireChoreographies({ app, config, run }: Registration): void {
  app.timer('expire-choreographies', {
    schedule: config.sagas.sweepSchedule,
    handler: (_timer, context) =>
      run(context, async ({ choreography }) => {
        const { expire } = await choreography();
        await expire();
      }),
  });
}
