import { app } from '@azure/functions';

app.timer('everySecond', {
  schedule: '%EverySecond%',
  handler: async (timer, context) => {
    context.log(`@tick ${JSON.stringify({ ...timer, at: Date.now(), id: context.invocationId })}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    context.log('@tock {}');
  },
});
app.timer('yearly', {
  schedule: '0 0 0 1 1 *',
  runOnStartup: true,
  handler: (timer, context) => context.log(`@yearly ${JSON.stringify(timer)}`),
});
app.timer('failing', {
  schedule: '0 0 0 1 1 *',
  runOnStartup: true,
  retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: { milliseconds: 400 } },
  handler: (_timer, context) => {
    const { invocationId, retryContext } = context;
    context.log(`@attempt ${JSON.stringify({ invocationId, retryContext })}`);
    throw new Error(`attempt ${retryContext.retryCount}`);
  },
});
app.timer('hourly', {
  schedule: '0 0 * * * *',
  handler: (timer, context) => context.log(`@hourly ${JSON.stringify(timer)}`),
});
