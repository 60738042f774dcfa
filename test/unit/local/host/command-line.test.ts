import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../../../local/host/command-line.ts';

describe('parseCommandLine', () => {
  it('takes the app, the settings and the port', () => {
    expect(parseCommandLine(['--app', 'x', '--settings', 'f', '--port', '7071'])).toEqual({
      ok: true,
      value: { appDirectory: 'x', settingsFile: 'f', port: 7071 },
    });
    expect(parseCommandLine(['--app=x'])).toMatchObject({
      value: { settingsFile: undefined, port: 0 },
    });
  });

  it.each([
    [[], '--app is missing.'],
    [['--app', 'x', '--port', 'high'], '--port high is no port number.'],
    [['--app', 'x', '--port', '70000'], '--port 70000 is no port number.'],
    [['--app', 'x', '--what'], "Unknown option '--what'"],
  ])('refuses %j', (args, problem) => {
    const result = parseCommandLine(args);
    expect(result.ok ? '' : result.problem).toContain(problem);
  });
});
