import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSampleApp, HostProcess } from '../../../support/host-apps/host-process.ts';
import type { SampleApp } from '../../../support/host-apps/host-process.ts';

let app: SampleApp;
let host: HostProcess;

beforeAll(async () => {
  app = await createSampleApp('http-app.mjs');
  host = await HostProcess.start(app.directory);
});

afterAll(async () => {
  await host.end();
  await app.remove();
});

const get = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${host.http}${path}`, init);

describe('HTTP functions in the embedded host', () => {
  it('hands over method, url, parameters, query, headers and the bytes of the body', async () => {
    const response = await get('/api/echo/order/42?a=1&b=x%20y', {
      method: 'POST',
      body: new Uint8Array([0, 1, 254, 255]),
      headers: {
        'content-type': 'application/octet-stream',
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      },
    });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-answer')).toBe('yes');
    expect(response.headers.get('set-cookie')).toBe(
      'session=a%20b; Max-Age=60; SameSite=Lax; HttpOnly',
    );
    expect(await response.json()).toEqual({
      method: 'POST',
      url: `${host.http}/api/echo/order/42?a=1&b=x%20y`,
      params: { kind: 'order', id: '42' },
      query: [
        ['a', '1'],
        ['b', 'x y'],
      ],
      contentType: 'application/octet-stream',
      body: 'AAH+/w==',
      traceParent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      triggerMetadata: null,
    });
  });

  it('starts a trace of its own when the caller sends none or a malformed one', async () => {
    const response = await get('/api/echo/x', { headers: { traceparent: 'nonsense' } });
    expect(await response.json()).toMatchObject({
      traceParent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/) as string,
    });
  });

  it('prefers the more precise route, ignores case and checks constraints', async () => {
    expect(await (await get('/API/Echo/Exact')).text()).toBe('literal');
    expect((await get('/api/echo/order/no-number')).status).toBe(404);
    expect(await (await get('/api/files/a/b%2Fc/d')).text()).toBe('a/b%2Fc/d');
  });

  it('answers 404 and 405 with a clear body', async () => {
    const missing = await get('/api/nowhere');
    expect([missing.status, await missing.text()]).toEqual([
      404,
      'No function answers GET /api/nowhere.\n',
    ]);
    const wrong = await get('/api/echo/order/1', { method: 'DELETE' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, POST, PUT']);
    expect((await get('/api/%ZZ')).status).toBe(404);
  });

  it('answers 500 when the handler throws and goes on serving', async () => {
    const broken = await get('/api/broken');
    expect([broken.status, await broken.text()]).toEqual([500, 'Function "broken" failed.\n']);
    expect(host.output).toContain('Error: handler broke');
    expect((await get('/api/badHeader')).status).toBe(500);
    expect((await get('/api/bytes')).status).toBe(200);
  });

  it('sends every form of reply', async () => {
    const bytes = await get('/api/bytes');
    expect([...new Uint8Array(await bytes.arrayBuffer())]).toEqual([0, 255, 10]);
    const notModified = await get('/api/notModified');
    expect([notModified.status, await notModified.text()]).toEqual([304, '']);
  });

  it('lets hooks replace handler and result', async () => {
    const empty = await get('/api/empty');
    expect([empty.status, await empty.text()]).toEqual([202, 'from the hook']);
    const instance = await get('/api/instance');
    expect([instance.status, await instance.text()]).toEqual([419, 'post after pre']);
  });

  it('logs readable lines through the log hook, and keeps standard output for itself', async () => {
    await get('/api/logs');
    await host.waitUntil(() => host.output.includes('plain console'), 'the log');
    expect(host.output).toMatch(
      /Z warn {2}Function\.logs\.User: a warning line \(seen by the hook\)/,
    );
    expect(host.output).not.toContain('a debug line');
  });

  it('names its functions when it is ready', () => {
    expect(host.functions).toContainEqual({ name: 'echo', type: 'httpTrigger' });
  });
});

describe('streamed HTTP in the embedded host', () => {
  let streamApp: SampleApp;
  let streamHost: HostProcess;

  beforeAll(async () => {
    streamApp = await createSampleApp('stream-app.mjs', {
      extensions: { http: { routePrefix: '' } },
    });
    streamHost = await HostProcess.start(streamApp.directory);
  });

  afterAll(async () => {
    await streamHost.end();
    await streamApp.remove();
  });

  it('passes chunks on as they come', async () => {
    const response = await fetch(`${streamHost.http}/count`);
    const chunks: { readonly text: string; readonly at: number }[] = [];
    for await (const chunk of response.body ?? []) {
      chunks.push({ text: Buffer.from(chunk).toString(), at: Date.now() });
    }
    expect(chunks.map(({ text }) => text)).toEqual(['1;', '2;', '3;']);
    expect((chunks[2]?.at ?? 0) - (chunks[0]?.at ?? 0)).toBeGreaterThan(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
  });

  it('streams a large body up, with parameters and query', async () => {
    const body = new Uint8Array(5_000_000);
    const response = await fetch(`${streamHost.http}/size/big?q=1`, { method: 'POST', body });
    expect(await response.json()).toEqual({ size: 5_000_000, name: 'big', query: '1' });
  });

  it('answers 500 when the handler throws and 204 when it returns nothing', async () => {
    expect((await fetch(`${streamHost.http}/broken`)).status).toBe(500);
    expect((await fetch(`${streamHost.http}/nothing`)).status).toBe(204);
  });
});
