import { AppError } from '../shared/kernel/app-error.ts';

/** A failure that the user can understand from its message alone; it is shown without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  /** Exit codes: 1 for what was asked and failed, 2 for what was asked wrongly. */
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Runs a command to its exit code; an understandable failure is one plain message on stderr. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    const isUnderstandable = error instanceof CommandError || error instanceof AppError;
    if (!isUnderstandable) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof CommandError ? error.exitCode : 1;
  }
}
