import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readEventType } from '../../../shared/schema/event-type-codec.ts';
import { settings } from '../../../shared/config/settings.ts';
import { linksIn, missing, pathsIn, readDocument, tableUnder } from './document.ts';

const documents = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path.replaceAll('\\', '/')}`),
];
const readme = readDocument('README.md');
const scripts = (JSON.parse(readDocument('package.json')) as { scripts: object }).scripts;

describe.each(documents)('%s', (document) => {
  it('links to files and names paths that exist', () => {
    expect(missing([...linksIn(document), ...pathsIn(readDocument(document))])).toEqual([]);
  });

  it('names only scripts of package.json', () => {
    const named = Array.from(
      readDocument(document).matchAll(/npm run ([\w:]+)/g),
      ([, name = '']) => name,
    );
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

describe('the README', () => {
  it('has six files to read for an event, and six for an order', () => {
    const section = readme.split('## Read these six files, in this order')[1]?.split('\nThen:')[0];
    const [event, order] = section?.split('The way of an order') ?? [];
    expect(event?.match(/^\d\. `[^`]+\.ts`/gm)).toHaveLength(6);
    expect(order?.match(/^\d\. `[^`]+\.ts`/gm)).toHaveLength(6);
  });

  it('shows settings that exist, with their defaults', () => {
    const known = new Map<string, string>(
      Object.values(settings).map(({ key, defaultText }) => [key, defaultText ?? '']),
    );
    for (const [names = '', defaults = ''] of tableUnder(readme, 'Configuration')) {
      const keys = names.split(', ').map((name) => name.replaceAll('`', ''));
      expect(keys.filter((key) => !known.has(key))).toEqual([]);
      if (defaults === 'development keys') continue;
      const shown = defaults.split(',').map((text) => text.trim().replaceAll('`', ''));
      expect(shown).toEqual(keys.map((key) => known.get(key)));
    }
  });

  it('shows an event type that the catalogue can read', () => {
    const [, text = ''] = /```json\n([^]*?)```/.exec(readme) ?? [];
    expect(readEventType(text)).toMatchObject({ ok: true });
  });
});

describe('the decisions', () => {
  const adrs = documents.filter((document) => document.startsWith('docs/adr/'));

  it('are numbered without a gap', () => {
    const numbers = adrs.map((path) => Number(/\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(adrs.map((_, at) => at + 1));
  });

  it.each(adrs)('%s has its number, context, decision, cost, and what would reverse it', (path) => {
    const text = readDocument(path);
    expect(text).toMatch(new RegExp(`^# ${Number(path.slice(9, 13))}\\. `));
    for (const part of ['Context', 'Decision', 'Cost', 'What would reverse it']) {
      expect(text).toContain(`\n**${part}.** `);
    }
  });
});
