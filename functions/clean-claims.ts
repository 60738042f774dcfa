import type { Registration } from './registration.ts';

/** Removes claims, and what consumers with effects remember, after the claim lifetime. */
export function registerCleanClaims({ app, config, run }: Registration): void {
  app.timer('clean-claims', {
    schedule: config.schedules.clean,
    handler: (_timer, context) =>
      run(context, async ({ bronze, orders }) => {
        const [{ cleanClaims }, { cleanInbox }] = await Promise.all([bronze(), orders()]);
        await cleanClaims();
        await cleanInbox();
      }),
  });
}
