import { describe, expect, it } from 'vitest';
import { missing, pathsIn, readDocument, tableUnder } from './document.ts';

interface Row {
  readonly id: string;
  readonly state: string;
  readonly where: string;
  readonly proof: string;
}

const rows = tableUnder(readDocument('docs/coverage.md'), 'Coverage of the specification').map(
  ([id = '', , state = '', where = '', proof = '']): Row => ({ id, state, where, proof }),
);

/** How many items each source document has. */
const items = { S0: 63, S1: 27, S2: 12, S3: 29, S4: 30 };

describe('the coverage of the specification', () => {
  it('has a row for every item of every document, each once and in order', () => {
    const expected = Object.entries(items).flatMap(([source, count]) =>
      Array.from({ length: count }, (_, at) => `${source}-${at + 1}`),
    );
    expect(rows.map(({ id }) => id)).toEqual(expected);
  });

  it('knows four states', () => {
    const states = new Set(rows.map(({ state }) => state));
    expect([...states].sort()).toEqual(['done', 'later', 'never', 'part']);
  });

  it('names only paths that exist', () => {
    expect(missing(rows.flatMap(({ where, proof }) => pathsIn(`${where} ${proof}`)))).toEqual([]);
  });

  it('names for everything that is there where it is and which test proves it', () => {
    const claimed = rows.filter(({ state }) => state === 'done' || state === 'part');
    const unproved = claimed.filter(
      ({ where, proof }) =>
        pathsIn(where).length === 0 || !pathsIn(proof).some((path) => path.startsWith('test/')),
    );
    expect(unproved).toEqual([]);
  });

  it('does not name a test for what is not there', () => {
    const unbuilt = rows.filter(({ state }) => state === 'later' || state === 'never');
    expect(unbuilt.filter(({ proof }) => proof !== '')).toEqual([]);
  });
});
