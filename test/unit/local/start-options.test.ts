import { describe, expect, it } from 'vitest';
import { parseStartOptions } from '../../../local/start-options.ts';

describe('the options of npm start', () => {
  it('publish the sample day and stay up when none is given', () => {
    expect(parseStartOptions([])).toEqual({
      ok: true,
      value: {
        feed: 'sample',
        isOnce: false,
        summaryFile: undefined,
        dataFolder: '.bronzeflow',
        isFresh: false,
        ports: { http: 0, storage: [0, 0, 0], broker: [0, 0] },
      },
    });
  });

  it('take a feed, a data folder, a summary and ports', () => {
    const args = ['--feed', '-', '--once', '--summary', 's.json', '--data', 'd', '--fresh'];
    const ports = ['--http-port', '7071', '--storage-ports', '1,2,3', '--broker-ports', '4,5'];
    expect(parseStartOptions([...args, ...ports])).toMatchObject({
      value: {
        feed: { file: '-' },
        isOnce: true,
        summaryFile: 's.json',
        dataFolder: 'd',
        isFresh: true,
        ports: { http: 7071, storage: [1, 2, 3], broker: [4, 5] },
      },
    });
  });

  it('show the help, whatever else is given', () => {
    expect(parseStartOptions(['--help', '--once'])).toEqual({ ok: true, value: 'help' });
  });

  it.each([
    [['--colour'], /--colour/],
    [['sample'], /sample/],
    [['--feed'], /--feed/],
    [['--feed', 'x', '--no-feed'], /exclude each other/],
    [['--http-port', 'x'], /--http-port: expected 1 port/],
    [['--http-port', '70000'], /--http-port: expected 1 port/],
    [['--storage-ports', '1,2'], /--storage-ports: expected 3 port/],
    [['--broker-ports', '1,2,3'], /--broker-ports: expected 2 port/],
  ])('are refused when they are %j', (args, problem) => {
    const result = parseStartOptions(args);
    expect(result.ok ? '' : result.problem).toMatch(problem);
  });
});
