/**
 * `npm run check`: everything but the end-to-end and chaos tests, side by side. Prints a line for
 * each part, and the output of a part that fails.
 */
import { spawn } from 'node:child_process';

/** The longest ones first, so that the short ones fill the gaps. */
const parts = ['test:fast', 'lint', 'types', 'format:check', 'deps', 'dead'];
const sideBySide = 3;

interface Outcome {
  readonly isGood: boolean;
  readonly output: string;
}

function run(part: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(`npm run --silent ${part}`, { shell: true });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('close', (code) => {
      resolve({ isGood: code === 0, output: Buffer.concat(chunks).toString() });
    });
  });
}

const waiting = [...parts];
let failed = 0;

async function work(): Promise<void> {
  for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
    const startedAt = performance.now();
    const { isGood, output } = await run(part);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    process.stdout.write(`${isGood ? 'ok    ' : 'FAILED'} ${part} (${seconds} s)\n`);
    if (isGood) continue;
    failed += 1;
    process.stdout.write(`${output}\n`);
  }
}

await Promise.all(Array.from({ length: sideBySide }, work));
process.exitCode = failed === 0 ? 0 : 1;
