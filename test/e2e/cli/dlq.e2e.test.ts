import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDlqServer, type DlqServer } from '../../support/dlq-server.ts';
import { runNode } from '../../support/run-node.ts';

const id = '5f0c1d9e-0000-5000-a000-000000000001';
const group = 'com.acme.erp.order.created schema.data.required:order_id';
const listed = {
  ...{ id, state: 'open', deadLetteredAt: '2026-11-20T08:00:00.000Z', origin: 'events' },
  ...{ type: 'com.acme.erp.order.created', source: '/erp', eventId: 'e', category: 'schema' },
  ...{ code: 'schema.data.required:order_id', detail: 'is \u001b[31mred', failureGroup: group },
};
const letter = {
  ...{ id, origin: 'events', eventId: 'e' },
  violations: [{ code: 'schema.data.required:order_id', detail: 'is required', pointer: '/data' }],
  payload: { encoding: 'utf8', content: '{"data":\n{"n":1.0}}\u001b[2J', sizeBytes: 24 },
  resolution: { state: 'discarded', at: '2026-11-21T08:00:00.000Z', by: 'ada', why: 'a test' },
  audit: [{ at: '2026-11-21T08:00:00.000Z', by: 'ada', action: 'discard', why: 'a test' }],
};

let server: DlqServer;
let folder: string;

beforeAll(async () => {
  server = await startDlqServer();
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-dlq-'));
  const runtime = { pid: process.pid, storage: 's', settings: {}, http: server.url };
  await writeFile(join(folder, 'runtime.json'), JSON.stringify(runtime));
});

beforeEach(() => {
  server.asked.length = 0;
  server.answers.clear();
});

afterAll(async () => {
  server.stop();
  await rm(folder, { recursive: true, force: true });
});

function dlq(...args: readonly string[]) {
  const env = { BRONZEFLOW_KEY: 'the key', BRONZEFLOW_TOKEN: 'the token' };
  return runNode(['cli/dlq.ts', ...args, '--data', folder], { expectFailure: true, env });
}

/** Slices of replay or of discarding: `total` letters, `size` in each. */
function answerSlices(line: string, total: number, outcome: string): void {
  let done = 0;
  server.answers.set(line, ({ body }) => {
    const count = Math.min(Number(body['limit'] ?? 50), total - done);
    done += count;
    const outcomes = Array.from({ length: count }, () => ({ id, outcome }));
    const continuation = done < total ? `at|${done}` : null;
    return { outcomes, continuation, remaining: total - done };
  });
}

describe('npm run dlq: looking', () => {
  it('lists by filters, as a table without escape sequences, with the way to more', async () => {
    server.answers.set('GET ', () => ({ deadLetters: [listed], continuation: '1795|x' }));
    const run = await dlq('list', '--group', group, '--state', 'any', '--limit', '7');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain(id);
    expect(run.stdout).not.toContain('\u001b');
    expect(run.stdout).toContain("--after '1795|x'");
    const query = new URLSearchParams(server.asked[0]?.line.split('?')[1]);
    expect(Object.fromEntries(query)).toEqual({ group, state: 'any', pageSize: '7' });
  });

  it('says who asks, with the function key and the token', async () => {
    server.answers.set('GET ', () => ({ deadLetters: [], continuation: null }));
    expect((await dlq('list', '--as', 'ada ✓')).code).toBe(0);
    expect(server.asked[0]?.headers).toMatchObject({
      'x-functions-key': 'the key',
      authorization: 'Bearer the token',
      'x-ms-client-principal-name': 'ada ?',
    });
  });

  it('prints groups whole, to be copied, and what brokers still hold', async () => {
    const counts = { open: 2, replayed: 0, discarded: 1, purged: 0 };
    const times = { firstAt: '2026-11-20T08:00:00.000Z', lastAt: '2026-11-20T09:00:00.000Z' };
    const own = { failureGroup: group, counts, origins: ['events'], categories: ['schema'] };
    const backlog = {
      measuredAt: times.lastAt,
      waiting: [{ entity: 'orders', count: 3 }],
      unknown: [],
    };
    server.answers.set('GET /groups', () => {
      return { groups: [{ ...own, ...times }], totals: counts, backlog };
    });
    const { stdout } = await dlq('groups');
    expect(stdout).toContain(`1. ${group}`);
    expect(stdout).toContain('In all: 2 open, 0 replayed, 1 discarded, 0 purged.');
    expect(stdout).toContain('Not taken in yet');
    expect(stdout).toMatch(/orders +3/);
  });

  it('shows everything of one, and its version', async () => {
    server.answers.set(`GET /${id}`, (_request, response) => {
      response.setHeader('etag', 'W/"1"');
      return letter;
    });
    const { stdout, code } = await dlq('show', id);
    expect(code).toBe(0);
    expect(stdout).toContain('W/"1"');
    expect(stdout).toContain('schema.data.required:order_id /data is required');
    expect(stdout).toContain('2026-11-21T08:00:00.000Z discard by ada: a test');
    expect(stdout).toContain('{"data":\n{"n":1.0}}·[2J');
    const json = await dlq('show', id, '--json');
    expect(JSON.parse(json.stdout)).toEqual(letter);
  });
});

describe('npm run dlq: deciding', () => {
  it('discards, restores and notes one, about the version that was seen', async () => {
    for (const verb of ['discard', 'restore', 'note']) {
      server.answers.set(`POST /${id}/${verb}`, () => letter);
      const run = await dlq(verb, id, '--reason', 'a test', '--if-match', 'W/"1"');
      expect(run).toMatchObject({ code: 0, stderr: '' });
    }
    expect(server.asked.map(({ line }) => line)).toEqual([
      `POST /${id}/discard`,
      `POST /${id}/restore`,
      `POST /${id}/note`,
    ]);
    expect(server.asked[0]).toMatchObject({
      body: { reason: 'a test' },
      headers: { 'if-match': 'W/"1"' },
    });
  });

  it('retries one, and edits one with a patch', async () => {
    const outcomes = [{ id, outcome: 'replayed', target: 'bronze-landing' }];
    server.answers.set(`POST /${id}/replay`, () => ({ outcomes, continuation: null }));
    expect((await dlq('retry', id, '--reason', 'repaired')).code).toBe(0);
    expect(server.asked[0]?.body).toEqual({ reason: 'repaired' });
    const edit = ['edit', id, '--reason', 'repaired', '--set', '/data/order_id=SO-1', '--dry-run'];
    expect((await dlq(...edit)).code).toBe(0);
    const patch = [{ op: 'add', path: '/data/order_id', value: 'SO-1' }];
    expect(server.asked[1]?.body).toEqual({ reason: 'repaired', dryRun: true, patch });
  });

  it('ends with 1 and the violations when what was asked is not done', async () => {
    const violations = [{ code: 'schema.data.type', detail: 'is no number', pointer: '/data/n' }];
    const outcomes = [{ id, outcome: 'skipped', code: 'replay.invalid', violations }];
    server.answers.set(`POST /${id}/replay`, () => ({ outcomes, continuation: null }));
    const run = await dlq('retry', id, '--reason', 'r');
    expect(run.code).toBe(1);
    expect(run.stdout).toContain(`${id} skipped replay.invalid`);
    expect(run.stdout).toContain('schema.data.type /data/n is no number');
  });

  it.each([
    ['retry', '/replay', 'replayed'],
    ['discard', '/discard', 'settled'],
    ['restore', '/restore', 'settled'],
  ])('deals with many in slices, with progress: %s', async (verb, path, outcome) => {
    answerSlices(`POST ${path}`, 250, outcome);
    const run = await dlq(verb, '--group', group, '--reason', 'r', '--limit', '100');
    expect(run).toMatchObject({ code: 0, stdout: '' });
    expect(run.stderr.trim().split('\n')).toEqual([
      `100 ${outcome}; 150 left`,
      `200 ${outcome}; 50 left`,
      `250 ${outcome}; 0 left`,
    ]);
    expect(server.asked.map(({ body }) => body)).toEqual([
      { reason: 'r', filter: { group }, limit: 100 },
      { reason: 'r', filter: { group }, limit: 100, continuation: 'at|100' },
      { reason: 'r', filter: { group }, limit: 100, continuation: 'at|200' },
    ]);
  });

  it('is one JSON for each slice, and says when there is nothing', async () => {
    answerSlices('POST /replay', 3, 'would-pass');
    const run = await dlq('retry', '--all', '--dry-run', '--reason', 'r', '--limit', '2', '--json');
    const slices = run.stdout.trim().split('\n');
    const continuations = slices.map(
      (line) => (JSON.parse(line) as { continuation: unknown }).continuation,
    );
    expect(continuations).toEqual(['at|2', null]);
    answerSlices('POST /discard', 0, 'settled');
    expect((await dlq('discard', '--all', '--reason', 'r')).stderr).toContain(
      'no such dead letters',
    );
  });

  it('stops at Ctrl-C after the slice in flight, and says how to go on', async () => {
    const inFlight = Promise.withResolvers<(value: unknown) => void>();
    server.answers.set('POST /replay', (_request, response) => {
      inFlight.resolve((value) => response.end(JSON.stringify(value)));
    });
    const args = ['cli/dlq.ts', 'retry', '--group', group, '--reason', 'r', '--data', folder];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const errors: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    const answer = await inFlight.promise;
    child.kill('SIGINT');
    await expect.poll(() => errors.join('')).toContain('Stopping after the request in flight');
    answer({ outcomes: [{ id, outcome: 'replayed' }], continuation: '1795|x' });
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(1);
    expect(server.asked).toHaveLength(1);
    expect(errors.join('')).toContain('1 replayed');
    expect(errors.join('')).toContain(
      `To go on: npm run dlq -- retry --group '${group}' --reason r --data ${folder} --after '1795|x'`,
    );
  });
});

describe('npm run dlq: exporting', () => {
  it('writes what comes to standard output or into a file', async () => {
    server.answers.set('GET /export', (_request, response) => {
      response.end('id,state\r\n1,open\r\n');
    });
    const run = await dlq('export', '--type', 'a', '--state', 'any');
    expect(run).toMatchObject({ code: 0, stdout: 'id,state\r\n1,open\r\n' });
    expect(server.asked[0]?.line).toBe('GET /export?format=csv&state=any&type=a');
    const file = join(folder, 'letters.csv');
    expect((await dlq('export', '--out', file)).code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe('id,state\r\n1,open\r\n');
    const refused = await dlq('export', '--out', folder);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`--out = ${folder}: it cannot be written`);
  });

  it('ends with 1 when the answer breaks off', async () => {
    server.answers.set('GET /export', (_request, response) => {
      response.write('id,state\r\n');
      setTimeout(() => response.destroy(), 50);
    });
    const run = await dlq('export');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('not complete');
  });
});

describe('npm run dlq: failures', () => {
  it('pass on the problem and the remedy of the application', async () => {
    server.answers.set(`POST /${id}/discard`, (_request, response) => {
      response.writeHead(403);
      const problem = { title: 'No role', detail: 'None of yours.', remedy: 'Ask for one.' };
      response.end(JSON.stringify(problem));
    });
    const run = await dlq('discard', id, '--reason', 'r');
    expect(run).toMatchObject({
      ...{ code: 1, stdout: '', stderr: 'No role (403). None of yours. Ask for one.\n' },
    });
  });

  it('say what to try when it is another application, or none', async () => {
    expect((await dlq('groups')).stderr).toContain('answered 404');
    server.answers.set('GET /groups', (_request, response) => void response.end('<html>'));
    expect((await dlq('groups')).stderr).toContain('is no JSON');
    server.answers.set('GET /groups', (_request, response) => void response.writeHead(401).end());
    expect((await dlq('groups')).stderr).toContain('BRONZEFLOW_KEY');
    const nowhere = await dlq('groups', '--url', 'http://127.0.0.1:9');
    expect(nowhere.code).toBe(1);
    expect(nowhere.stderr).toContain('--url = http://127.0.0.1:9: no answer');
    const noRuntime = await runNode(['cli/dlq.ts', 'groups', '--data', join(folder, 'none')], {
      expectFailure: true,
    });
    expect(noRuntime.code).toBe(2);
    expect(noRuntime.stderr).toContain('no runtime has its address there');
    expect((await dlq('frob')).code).toBe(2);
    expect((await dlq('--help')).stdout).toContain('Usage: npm run dlq');
  });
});
