import { describe, expect, it } from 'vitest';
import { encodeColumn } from '../../../../../../shared/bronze/delta/codec/column-encoding.ts';

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at);

describe('encodeColumn', () => {
  it('takes text of which no two are alike as bytes, without a dictionary', () => {
    const { data, encoding } = encodeColumn(range(1_000).map((at) => `é-${at}`));
    expect(encoding).toBe('PLAIN');
    expect(data[999]).toEqual(Buffer.from('é-999'));
  });

  it('writes a lone surrogate as the replacement character, as UTF-8 has none', () => {
    const { data } = encodeColumn(range(8).map((at) => `\ud800${at}`));
    expect(data[3]).toEqual(Buffer.from('\ufffd3'));
  });

  it('keeps nulls among distinct values', () => {
    const values = range(40).map((at) => (at % 2 === 0 ? null : BigInt(at)));
    expect(encodeColumn(values)).toEqual({ data: values, encoding: 'PLAIN' });
  });

  it('gives what is always the same a dictionary, bytes included', () => {
    const values = range(1_000).map(() => Buffer.from('/erp/sap'));
    expect(encodeColumn(values)).toEqual({ data: values, encoding: 'RLE_DICTIONARY' });
  });

  it('leaves it to the writer when values repeat', () => {
    const values = range(1_000).map((at) => `status ${at % 100}`);
    expect(encodeColumn(values)).toEqual({ data: values });
  });

  it.each([130, 200, 250, 333, 500])('sees that %i sources take turns', (sources) => {
    const values = range(4 * sources).map((at) => `source ${at % sources}`);
    expect(encodeColumn(values)).toEqual({ data: values });
  });

  it.each([[[]], [['only']], [range(1_000).map(() => null)]])(
    'decides nothing when there is too little to see',
    (values) => {
      expect(encodeColumn(values)).toEqual({ data: values });
    },
  );
});
