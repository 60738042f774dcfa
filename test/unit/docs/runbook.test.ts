import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../shared/config/read-config.ts';
import { parseRuntimeFile } from '../../../cli/runtime-file-codec.ts';
import { readDocument, tableUnder } from './document.ts';

const document = readDocument('docs/runbook.md');
const firstCells = (heading: string): readonly string[] =>
  tableUnder(document, heading).map(([cell = '']) => cell.replaceAll('`', ''));

function sources(): string {
  return ['functions', 'sagas', 'shared']
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts'))
        .map((path) => readDocument(join(folder, path))),
    )
    .join('\n');
}

describe('the runbook', () => {
  it('quotes log lines that the code writes', () => {
    const code = sources();
    const lines = firstCells('Log lines');
    expect(lines).not.toEqual([]);
    expect(lines.filter((line) => !code.includes(`'${line}'`))).toEqual([]);
  });

  it('has every error code, each once', () => {
    const union = readDocument('shared/kernel/app-error.ts').split('export type AppErrorCode =')[1];
    const codes = [...(union?.split(';')[0] ?? '').matchAll(/'([^']+)'/g)].map(([, code]) => code);
    expect(firstCells('Error codes').toSorted()).toEqual(codes.toSorted());
  });

  it('has every problem that reconcile reports', () => {
    const union = readDocument('cli/reconcile/problem.ts').split('readonly kind:')[1];
    const kinds = [...(union?.split(';')[0] ?? '').matchAll(/'([^']+)'/g)].map(([, kind]) => kind);
    expect(firstCells('reconcile reports a problem').toSorted()).toEqual(kinds.toSorted());
  });

  it('makes a data folder for a deployed system that the commands can read', () => {
    const text = /JSON'\n([^]*?)\nJSON/.exec(document)?.[1] ?? '';
    const file = parseRuntimeFile(text);
    const storage = 'AccountName=a;AccountKey=b';
    const config = readConfig({ ...file?.settings, AzureWebJobsStorage: storage });
    expect(config).toMatchObject({ ok: true });
  });
});
