import type { Registration } from './registration.ts';

/** Settles what was planned in partitions where no further event moves the watermark along. */
export function registerSettleIdlePartitions({ app, config, run }: Registration): void {
  app.timer('settle-idle-partitions', {
    schedule: config.schedules.settle,
    handler: (_timer, context) =>
      run(context, async ({ bronze }) => {
        const { settleIdle } = await bronze();
        await settleIdle();
      }),
  });
}
