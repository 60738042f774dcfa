import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { maxLengths } from '../../../shared/cloudevents/attributes.ts';
import { defaultLimits } from '../../../shared/cloudevents/index.ts';
import { meanings } from '../../../shared/cloudevents/rejection-codes.ts';
import { rejections } from '../../support/events/rejections.ts';
import { readDocument, tableUnder } from './document.ts';

const document = readDocument('docs/event-format.md');
const documented = tableUnder(document, 'Rejection codes').map(([code = '']) =>
  code.replaceAll('`', ''),
);

/** A code of a family under the name that the document has for the family. */
function familyOf(code: string): string {
  if (code in meanings) return code;
  const attribute = /^envelope\.(\w+)\.(\w+)$/.exec(code);
  if (attribute?.[1] !== undefined && attribute[1] in maxLengths) {
    return `envelope.<attribute>.${attribute[2] ?? ''}`;
  }
  return /^schema\.data\.(?:\$\{|[a-zA-Z]+(?::|$))/.test(code) ? 'schema.data.<keyword>' : code;
}

/** Codes that are written out in the sources beside the list of the reader. */
function codesInSources(): readonly string[] {
  return ['shared/cloudevents', 'shared/schema', 'shared/ingest'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) => [...readDocument(join(folder, path)).matchAll(codeForm)])
      .map(([, code = '']) => code),
  );
}
const codeForm = /\bcode: ['`]((?:schema|idempotency|violations)\.[^'`]+)/g;
const apart = new Set(['schema.data.avro_malformed', 'schema.data.more']);

describe('the rejection codes for producers', () => {
  it('are those of the code, each once', () => {
    const known = [
      ...Object.keys(meanings),
      ...rejections.flatMap(({ codes }) => codes),
      ...codesInSources(),
    ];
    const expected = new Set(known.map((code) => (apart.has(code) ? code : familyOf(code))));
    expect([...documented].sort()).toEqual([...expected].sort());
  });

  it('each have a meaning and a remedy', () => {
    const rows = tableUnder(document, 'Rejection codes');
    expect(rows.filter((cells) => cells.length !== 3 || cells.includes(''))).toEqual([]);
  });
});

describe('the envelope for producers', () => {
  it('has every context attribute with its longest value', () => {
    const rows = tableUnder(document, 'Envelope').filter(([, , , longest]) => longest !== '');
    const lengths = rows.map(([name = '', , , longest = '']) => [
      name.replaceAll('`', ''),
      Number(longest.replaceAll(',', '')),
    ]);
    expect(Object.fromEntries(lengths)).toEqual(maxLengths);
  });

  it('has the limits of the reader', () => {
    const limits = tableUnder(document, 'Limits').map(([, limit]) => limit);
    expect(limits.slice(0, 3)).toEqual([
      `\`max_event_size_kb\` (${defaultLimits.maxEventBytes / 1024})`,
      defaultLimits.maxBatchEvents.toLocaleString('en'),
      `${defaultLimits.maxDepth}`,
    ]);
  });
});
