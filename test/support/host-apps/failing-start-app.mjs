import { app } from '@azure/functions';

app.http('page', { handler: () => undefined });
app.hook.appStart(() => {
  throw new Error('the lake is not reachable');
});
