import { app, HttpResponse } from '@azure/functions';

const anonymous = { authLevel: 'function' };

app.http('echo', {
  ...anonymous,
  methods: ['GET', 'POST', 'PUT'],
  route: 'echo/{kind}/{id:int?}',
  handler: async (request, context) => ({
    status: 201,
    jsonBody: {
      method: request.method,
      url: request.url,
      params: request.params,
      query: [...request.query],
      contentType: request.headers.get('content-type'),
      body: Buffer.from(await request.arrayBuffer()).toString('base64'),
      traceParent: context.traceContext.traceParent,
      triggerMetadata: context.triggerMetadata ?? null,
    },
    headers: { 'x-answer': 'yes' },
    cookies: [{ name: 'session', value: 'a b', httpOnly: true, sameSite: 'Lax', maxAge: 60 }],
  }),
});
app.get('literal', { route: 'echo/exact', handler: () => ({ body: 'literal' }) });
app.get('rest', { route: 'files/{*path}', handler: (request) => ({ body: request.params.path }) });
app.get('empty', () => undefined);
app.get('bytes', () => ({ body: new Uint8Array([0, 255, 10]), status: 200 }));
app.get('instance', () => new HttpResponse({ status: 418, body: 'teapot' }));
app.get('notModified', () => ({ status: 304, body: 'dropped' }));
app.get('broken', () => {
  throw new Error('handler broke');
});
app.get('badHeader', () => ({ cookies: [{ name: 'bad name\n', value: 'x' }] }));
app.get('slow', async (_request, context) => {
  context.log('@slow {}');
  await new Promise((resolve) => setTimeout(resolve, 400));
  return { body: 'done' };
});
app.get('logs', (_request, context) => {
  context.debug('a debug line');
  context.warn('a %s line', 'warning');
  console.log('plain console');
  return {};
});

app.hook.appStart((context) => {
  context.hookData.started = 1;
});
app.hook.preInvocation((context) => {
  context.hookData.at = 'pre';
  if (context.invocationContext.functionName !== 'empty') return;
  const handler = context.functionHandler;
  context.functionHandler = async (...inputs) => {
    await handler(...inputs);
    return { status: 202, body: 'from the hook' };
  };
});
app.hook.postInvocation((context) => {
  if (context.invocationContext.functionName === 'instance') {
    context.result = { status: 419, body: `post after ${context.hookData.at}` };
  }
});
app.hook.log((context) => {
  if (context.level === 'warning') context.message += ' (seen by the hook)';
});
app.hook.appTerminate((context) => {
  console.error(`terminated ${JSON.stringify(Object.keys(context.hookData))}`);
});
