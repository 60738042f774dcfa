import { app } from '@azure/functions';
import { setTimeout as delay } from 'node:timers/promises';

app.setup({ enableHttpStream: true });

async function* count() {
  for (let number = 1; number <= 3; number += 1) {
    yield Buffer.from(`${number};`);
    await delay(150);
  }
}

app.get('count', () => ({ body: count(), headers: { 'content-type': 'text/event-stream' } }));
app.post('size', {
  route: 'size/{name}',
  handler: async (request) => {
    let size = 0;
    for await (const chunk of request.body) size += chunk.length;
    return { jsonBody: { size, name: request.params.name, query: request.query.get('q') } };
  },
});
app.get('broken', () => {
  throw new Error('handler broke');
});
app.get('nothing', () => undefined);
