import { describe, expect, it } from 'vitest';
import { judgeClaim } from '../../../../shared/ingest/judge.ts';
import { limitRejection } from '../../../../shared/ingest/rejection-limit.ts';
import type { Author } from '../../../../shared/kernel/author.ts';
import type { Rejection, Violation } from '../../../../shared/ports/events.ts';
import { newClaim } from '../../../support/contracts/claim-store.ts';

const claim = newClaim(7);

describe('judgeClaim', () => {
  it.each([
    ['its own claim', {}, 'landed'],
    ['its own claim with another hash', { payloadHash: 'v1:other' }, 'landed'],
    ['its own claim for another table', { table: 'other' }, 'landed'],
    ['a claim of another number', { sequenceNumber: 6 }, 'duplicate'],
    ['a claim of another index', { index: 1 }, 'duplicate'],
    ['a claim of another author', { author: 'other' as Author }, 'duplicate'],
    ['another claim with another hash', { index: 1, payloadHash: 'v1:other' }, 'dead-lettered'],
    ['another claim hashed by another version', { index: 1, payloadHash: 'v2:abc' }, 'duplicate'],
  ] as const)('meets %s', (_, changes, kind) => {
    expect(judgeClaim(claim, { ...claim, ...changes })).toMatchObject({ kind });
  });

  it('lands in the table that this version chose', () => {
    expect(judgeClaim(claim, { ...claim, table: 'other' })).toEqual({
      kind: 'landed',
      table: claim.table,
    });
  });

  it('says where the event was seen first', () => {
    const verdict = judgeClaim(claim, { ...claim, sequenceNumber: 3, payloadHash: 'v1:other' });
    if (verdict.kind !== 'dead-lettered') throw new Error(verdict.kind);
    const [{ code, detail }] = verdict.rejection.violations;
    expect(code).toBe('idempotency.payload_mismatch');
    expect(detail).toContain(`${claim.author} 3/0`);
  });
});

function rejectionOf(count: number, detail = 'wrong'): Rejection {
  const violation = (place: number): Violation => ({ code: `schema.${place}`, detail });
  const others = Array.from({ length: count - 1 }, (_, place) => violation(place + 1));
  return { category: 'schema', violations: [violation(0), ...others] };
}

describe('limitRejection', () => {
  it('keeps what fits as it is', () => {
    expect(limitRejection(rejectionOf(20))).toEqual(rejectionOf(20));
  });

  it('keeps 20 violations and says how many more there were', () => {
    const { violations } = limitRejection(rejectionOf(1_000));
    expect(violations).toHaveLength(21);
    expect(violations.at(-1)).toEqual({ code: 'violations.omitted', detail: '980 more' });
    expect(violations[0].code).toBe('schema.0');
  });

  it('keeps about 2 KB of long violations', () => {
    const { violations } = limitRejection(rejectionOf(20, 'x'.repeat(310)));
    expect(JSON.stringify(violations).length).toBeLessThan(2_048);
    expect(violations.at(-1)?.detail).toBe('15 more');
  });

  it('keeps a leading violation of any length, cut between characters', () => {
    const pointer = `/${'p'.repeat(5_000)}`;
    const hostile: Violation = {
      code: 'c'.repeat(5_000),
      detail: '\u{1f600}'.repeat(5_000),
      pointer,
    };
    const { violations } = limitRejection({ category: 'schema', violations: [hostile] });
    expect(violations).toHaveLength(1);
    expect(JSON.stringify(violations).length).toBeLessThan(2_048);
    expect(violations[0].detail.isWellFormed()).toBe(true);
  });
});
