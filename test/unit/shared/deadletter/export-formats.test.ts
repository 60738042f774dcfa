import { describe, expect, it } from 'vitest';
import { exportFormats } from '../../../../shared/deadletter/export-formats.ts';
import { summarise } from '../../../../shared/deadletter/letter-row-codec.ts';
import type { DeadLetterRecord } from '../../../../shared/ports/dead-letters.ts';
import { sampleLetter } from '../../../support/dead-letters/sample-letters.ts';

const csv = exportFormats.find(({ name }) => name === 'csv');

function lineOf(fields: Partial<DeadLetterRecord>): string {
  return csv?.line({ ...summarise(sampleLetter('one', fields)), state: 'open' }) ?? '';
}

/** A reader of RFC 4180. */
function parse(text: string): readonly string[] {
  const cells = [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)];
  return cells.map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain);
}

describe('a line of CSV', () => {
  it('ends as RFC 4180 has it, and quotes what needs it', () => {
    const line = lineOf({ source: 'say "hi", then\r\ngo; now' });
    expect(line.endsWith('\r\n')).toBe(true);
    expect(parse(line)).toHaveLength(11);
    expect(parse(line)[5]).toBe('say "hi", then\r\ngo; now');
  });

  it('has an empty cell for what is not known', () => {
    expect(parse(lineOf({ source: null, eventId: null })).slice(5, 7)).toEqual(['', '']);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', ' =cmd|x', '＝1', '＠a'])(
    'takes its power from a formula: %j',
    (formula) => {
      const cell = parse(lineOf({ source: formula }))[5];
      expect(cell).toBe(`'${formula}`);
    },
  );

  it('leaves harmless texts as they are', () => {
    expect(parse(lineOf({ source: '/erp/a=b-c+d@e', eventId: '漢' })).slice(5, 7)).toEqual([
      '/erp/a=b-c+d@e',
      '漢',
    ]);
  });
});
