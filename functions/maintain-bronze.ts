import type { Registration } from './registration.ts';

/** Merges small files of the Bronze tables and removes what no reader needs any more. */
export function registerMaintainBronze({ app, config, run }: Registration): void {
  app.timer('maintain-bronze', {
    schedule: config.schedules.maintain,
    handler: (_timer, context) =>
      run(context, async ({ bronze }) => {
        const { maintain } = await bronze();
        await maintain();
      }),
  });
}
