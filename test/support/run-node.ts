import { execFile } from 'node:child_process';

export interface NodeRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of this repository to its end; rejects on a non-zero exit unless that is expected. */
export function runNode(
  args: readonly string[],
  options: {
    readonly expectFailure?: boolean;
    /** Standard input, closed at its end; without it, it stays open. */
    readonly input?: string;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<NodeRun> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      process.execPath,
      [...args],
      { maxBuffer: 64 * 1024 * 1024, env: { ...process.env, ...options.env } },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        if (code === 0 || options.expectFailure === true) resolve({ code, stdout, stderr });
        else reject(new Error(`${args.join(' ')} ended with ${code}:\n${stderr}\n${stdout}`));
      },
    );
    if (options.input !== undefined) child.stdin?.end(options.input);
  });
}
