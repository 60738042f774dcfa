import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assembleCrew, type Crew } from '../../../../local/launch/crew.ts';
import { runUntilStopped } from '../../../../local/launch/run-until-stopped.ts';

let folder: string;
let crew: Crew;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bronzeflow-crew-'));
  crew = assembleCrew(join(folder, 'logs'));
});

afterEach(async () => {
  await crew.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A process that appends to a file when its input closes, which is how it is asked to end. */
async function script(name: string, body = ''): Promise<string> {
  const path = join(folder, `${name}.mjs`);
  const order = JSON.stringify(join(folder, 'order'));
  await writeFile(
    path,
    `import { appendFileSync } from 'node:fs';
     process.stdin.resume().on('end', () => { appendFileSync(${order}, '${name} '); process.exit(0); });
     ${body}
     console.log('{"ready":"${name}"}');`,
  );
  return path;
}

describe('a crew of processes', () => {
  it('answers with the first line of each and ends them in the reverse order', async () => {
    for (const name of ['storage', 'broker', 'host']) {
      expect(await crew.start({ name, args: [await script(name)] })).toBe(`{"ready":"${name}"}`);
    }
    await crew.stop();
    expect(await readFile(join(folder, 'order'), 'utf8')).toBe('host broker storage ');
  });

  it('hands on every later line', async () => {
    const path = await script('talker', `setInterval(() => console.log('more'), 20);`);
    const lines: string[] = [];
    const twice = Promise.withResolvers<undefined>();
    await crew.start({
      name: 'talker',
      args: [path],
      onLine: (line) => {
        if (lines.push(line) === 2) twice.resolve(undefined);
      },
    });
    await twice.promise;
    expect(lines.slice(0, 2)).toEqual(['more', 'more']);
  });

  it('says what a process that dies at once said last', async () => {
    const path = join(folder, 'broken.mjs');
    await writeFile(path, `console.error('port 5672 is taken'); process.exitCode = 3;`);
    const started = crew.start({ name: 'broker', args: [path] });
    await expect(started).rejects.toThrow(/broker ended with exit code 3[^]*port 5672 is taken/);
  });

  it('fails with the last words of a process that dies later, and logs them to a file', async () => {
    const path = await script(
      'host',
      `setTimeout(() => { console.error('out of memory'); process.exit(9); }, 30);`,
    );
    await crew.start({ name: 'host', args: [path] });
    await expect(crew.failed).rejects.toThrow(/host ended with exit code 9[^]*out of memory/);
    expect(await readFile(join(folder, 'logs/host.log'), 'utf8')).toBe('out of memory\n');
  });

  it('ends the work and the others when one dies', async () => {
    await crew.start({ name: 'storage', args: [await script('storage')] });
    const dying = await script('host', 'setTimeout(() => process.exit(1), 30);');
    await crew.start({ name: 'host', args: [dying] });
    const never = new Promise<never>(() => undefined);
    const complaints: string[] = [];
    const complain = (message: string): void => void complaints.push(message);
    expect(await runUntilStopped(crew, () => never, complain)).toBe(1);
    expect(complaints).toEqual(['host ended with exit code 1.']);
    expect(await readFile(join(folder, 'order'), 'utf8')).toBe('storage ');
  });
});
