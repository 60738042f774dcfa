import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../../cli/command-error.ts';
import { parseDlqOptions } from '../../../../cli/dlq/dlq-options.ts';

const id = '5f0c1d9e-0000-5000-a000-000000000001';

function parse(line: string, env: NodeJS.ProcessEnv = {}) {
  const options = parseDlqOptions(line === '' ? [] : line.split(' '), env);
  if (options === 'help') throw new Error('help');
  return options;
}

function problemOf(line: string): string {
  try {
    parse(line);
    return 'none';
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    expect(error.exitCode).toBe(2);
    return error.message;
  }
}

describe('the options of npm run dlq', () => {
  it('name one letter, or many by filters, or all of them', () => {
    expect(parse(`retry ${id} --reason r`).target).toEqual({ id });
    expect(parse('discard --group g --order-key k --reason r').target).toEqual({
      filter: { group: 'g', key: 'k' },
    });
    expect(parse('restore --all --reason r').target).toEqual({ filter: {} });
    expect(parse('list --category poison').target).toEqual({ filter: { category: 'poison' } });
  });

  it('take the key from the environment, so that no list of processes shows it', () => {
    expect(parse('list', { BRONZEFLOW_KEY: 'k', BRONZEFLOW_TOKEN: 't' }).access).toMatchObject({
      functionKey: 'k',
      token: 't',
      dataFolder: '.bronzeflow',
    });
    expect(parse('list --key own', { BRONZEFLOW_KEY: 'k' }).access.functionKey).toBe('own');
    expect(parse('list --url http://a:1/ --as ada').access).toMatchObject({
      ...{ url: 'http://a:1', by: 'ada' },
    });
  });

  it('make corrections a JSON Patch: values are JSON where they can be, and texts elsewhere', () => {
    const line = `edit ${id} --reason r --set /data/a~1b=3 --set /data/c=x=y --remove /data/d`;
    expect(parse(line).patch).toEqual([
      { op: 'add', path: '/data/a~1b', value: 3 },
      { op: 'add', path: '/data/c', value: 'x=y' },
      { op: 'remove', path: '/data/d' },
    ]);
  });

  it('read a JSON Patch from the line or from a file', () => {
    const patch = [{ op: 'test', path: '/data/a', value: 1 }];
    const text = JSON.stringify(patch);
    expect(parse(`edit ${id} --reason r --patch ${text}`).patch).toEqual(patch);
    const folder = mkdtempSync(join(tmpdir(), 'bronzeflow-patch-'));
    writeFileSync(join(folder, 'p.json'), text);
    expect(parse(`edit ${id} --reason r --patch @${folder}/p.json`).patch).toEqual(patch);
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['', 'VERB = (not given): use one of list, groups, show'],
    ['frob', 'VERB = frob: use one of'],
    ['show', 'ID = (not given): name it: npm run dlq -- show ID'],
    ['show abc', 'ID = abc: use a dead_letter_id'],
    [`show ${id.toUpperCase()}`, 'in lower case'],
    [`list ${id}`, `ID = ${id}: leave it out`],
    [`show ${id} ${id}`, 'one dead letter at a time'],
    ['discard --reason r', 'or --all for every one'],
    ['retry --reason r', 'or --all for every one'],
    [`discard ${id} --all --reason r`, 'either one dead letter, or filters'],
    [`discard ${id}`, '--reason = (not given): say why'],
    [`note ${id} --reason=`, '--reason = : say why'],
    ['discard --group= --reason r', '--group = : give it a value'],
    // Somebody believes that nothing happens, or that only some are meant.
    ['discard --all --dry-run --reason r', '--dry-run = true: leave it out'],
    ['discard --state discarded --all --reason r', '--state = discarded: leave it out'],
    [`retry ${id} --set /a=1 --reason r`, '--set = /a=1: leave it out: it is for edit'],
    [`edit ${id} --reason r`, '--set = (not given): say what to correct'],
    [`edit ${id} --reason r --set data=1`, '--set = data: use a JSON pointer'],
    [`edit ${id} --reason r --set /data`, '--set = /data: write POINTER=VALUE'],
    [`edit ${id} --reason r --remove data`, '--remove = data: use a JSON pointer'],
    [`edit ${id} --reason r --patch {}`, '--patch = {}: use a JSON Patch'],
    [`edit ${id} --reason r --patch @none.json`, '--patch = @none.json: name a file'],
    ['list --limit 201', '--limit = 201: use a whole number from 1 to 200'],
    ['list --limit x', '--limit = x'],
    ['list --url ftp://x', '--url = ftp://x: use an address'],
    ['list --as=', '--as = : give a name'],
    ['list --grup g', "Unknown option '--grup'"],
  ])('are refused with key, value and remedy: %s', (line, message) => {
    expect(problemOf(line)).toContain(message);
  });
});
