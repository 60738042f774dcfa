import { parseArgs } from 'node:util';
import type { Result } from '../../shared/kernel/result.ts';
import { fail, succeed } from '../../shared/kernel/result.ts';
import { errorText } from './settings/host-problem.ts';

export interface CommandLine {
  readonly appDirectory: string;
  readonly settingsFile: string | undefined;
  /** 0: any free port. */
  readonly port: number;
}

export const usage =
  'Usage: node local/host/main.ts --app DIR [--settings FILE] [--port NUMBER]\n' +
  '  --app DIR        folder of the app: package.json with "main", and host.json\n' +
  '  --settings FILE  settings in the format of local.settings.json; the environment wins\n' +
  '  --port NUMBER    port of the HTTP server; 0, the default, takes a free one';

/** The problem is a line for the person who typed it. */
export function parseCommandLine(args: readonly string[]): Result<CommandLine, string> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        app: { type: 'string' },
        settings: { type: 'string' },
        port: { type: 'string', default: '0' },
      },
    });
    const port = Number(values.port);
    if (values.app === undefined) return fail('--app is missing.');
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      return fail(`--port ${values.port} is no port number.`);
    }
    return succeed({ appDirectory: values.app, settingsFile: values.settings, port });
  } catch (error) {
    return fail(errorText(error));
  }
}
