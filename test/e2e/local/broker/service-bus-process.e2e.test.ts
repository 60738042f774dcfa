import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ServiceBusClient } from '@azure/service-bus';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bodies, receive } from '../../../contract/local/broker/servicebus/harness.ts';

function startProcess(file: string) {
  const child = spawn(process.execPath, ['local/broker/main.ts', '--service-bus', file], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

function writeFile(content: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'broker-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'service-bus.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

describe('The broker process with Service Bus entities', () => {
  it('serves the entities that the project runs with', async () => {
    const child = startProcess('local/config/service-bus.json');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { serviceBus } = JSON.parse(line.toString('utf8')) as { serviceBus: string };
    const client = new ServiceBusClient(serviceBus);
    onTestFinished(() => client.close());
    await client.createSender('upstream-events').sendMessages({ body: 'x' });
    const receiver = client.createReceiver('upstream-events', 'bronze-relay');
    expect(bodies(await receive(receiver, 1))).toEqual(['x']);
    const ended = once(child, 'exit');
    child.stdin.end();
    expect(await ended).toEqual([0, null]);
  });

  it('names file, key, value and remedy of everything that it cannot use', async () => {
    const file = writeFile({
      UserConfig: {
        Namespaces: [
          {
            Name: 'sbemulatorns',
            Queues: [{ Name: 'q', Properties: { LockDuration: '1m', MaxDelivery: 3 } }],
          },
        ],
      },
    });
    const child = startProcess(file);
    const [message, exit] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    const key = 'UserConfig.Namespaces[0].Queues[0].Properties';
    expect(exit).toEqual([1, null]);
    expect(message.split('\n').sort()).toEqual([
      '',
      `${file}: ${key}.LockDuration is "1m": write an ISO 8601 duration of at most 5 minutes, such as PT1M`,
      expect.stringContaining(`${file}: ${key}.MaxDelivery is 3: remove it; known here: `),
    ]);
  });
});
