import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { EventHubProducerClient } from '@azure/event-hubs';
import { describe, expect, it, onTestFinished } from 'vitest';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

function startProcess(args: readonly string[]): Child {
  const child = spawn(process.execPath, ['local/broker/main.ts', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

async function readAll(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function exitCode(child: Child): Promise<number | null> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

async function readLine(stream: Readable): Promise<string> {
  const [chunk] = (await once(stream, 'data')) as [Buffer];
  return chunk.toString('utf8');
}

function writeEntities(partitionCount: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'broker-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'event-hubs.json');
  const hub = { Name: 'events', PartitionCount: partitionCount, ConsumerGroups: [{ Name: 'cg1' }] };
  const namespace = { Type: 'EventHub', Name: 'emulatorNs1', Entities: [hub] };
  writeFileSync(file, JSON.stringify({ UserConfig: { NamespaceConfig: [namespace] } }));
  return file;
}

describe('The broker process', () => {
  it('prints the connection string of the hubs that its file lists', async () => {
    const child = startProcess(['--event-hubs', writeEntities('8')]);
    const line = await readLine(child.stdout);
    const { eventHubs } = JSON.parse(line) as { eventHubs: string };
    expect(line.endsWith('\n')).toBe(true);
    expect(eventHubs).toMatch(
      /^Endpoint=sb:\/\/127\.0\.0\.1:\d+;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=SAS_KEY_VALUE;UseDevelopmentEmulator=true;$/,
    );
    const producer = new EventHubProducerClient(eventHubs, 'events');
    onTestFinished(() => producer.close());
    expect(await producer.getPartitionIds()).toHaveLength(8);
  });

  it.each([
    ['its standard input closes', (child: Child) => child.stdin.end()],
    ['SIGTERM comes', (child: Child) => child.kill('SIGTERM')],
    ['SIGINT comes', (child: Child) => child.kill('SIGINT')],
  ])('ends well when %s, with clients connected', async (_title, end) => {
    const child = startProcess(['--event-hubs', writeEntities('1')]);
    const { eventHubs } = JSON.parse(await readLine(child.stdout)) as { eventHubs: string };
    const producer = new EventHubProducerClient(eventHubs, 'events');
    onTestFinished(() => producer.close());
    await producer.sendBatch([{ body: 1 }]);
    end(child);
    expect(await exitCode(child)).toBe(0);
  });

  it('names file, key, value and remedy of what it cannot use', async () => {
    const file = writeEntities('0');
    const child = startProcess(['--event-hubs', file]);
    const [message, code] = await Promise.all([readAll(child.stderr), exitCode(child)]);
    expect(code).toBe(1);
    expect(message).toBe(
      `${file}: UserConfig.NamespaceConfig[0].Entities[0].PartitionCount is "0": ` +
        'write a whole number from 1 to 32 as text, such as "8"\n',
    );
  });

  it.each([
    ['a file that is not there', ['--event-hubs', '/nowhere.json'], '/nowhere.json'],
    ['a flag that it does not know', ['--event-hub', 'x'], '--event-hub'],
    ['a number that is none', ['--event-hubs-port', 'x'], '--event-hubs-port'],
  ])('refuses %s', async (_title, args, named) => {
    const withFile = named === '--event-hubs-port' ? ['--event-hubs', writeEntities('1')] : [];
    const child = startProcess([...withFile, ...args]);
    const [message, code] = await Promise.all([readAll(child.stderr), exitCode(child)]);
    expect(code).toBe(1);
    expect(message).toContain(named);
    expect(message.split('\n')).toHaveLength(2);
  });

  it('says which port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => void other.close());
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const child = startProcess(['--event-hubs', writeEntities('1'), '--event-hubs-port', port]);
    const [message, code] = await Promise.all([readAll(child.stderr), exitCode(child)]);
    expect([code, message]).toEqual([1, `The broker cannot listen on port ${port}\n`]);
  });
});
