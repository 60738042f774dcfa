import { describe, expect, it } from 'vitest';
import type { Command } from '../../../domain/messages.ts';
import { parseSimulation } from '../../../domain/simulation-rules.ts';
import { behaviourFor, firstDelivery, fractionOf } from '../../../domain/simulation.ts';
import { doCommand, receiptData, undoCommand } from '../../support/commands.ts';

const ship = doCommand('ship-order', { participant: 'shipping' });
const recall = undoCommand('recall-shipment', 'ship-order', { participant: 'shipping' });

function rulesOf(...rules: readonly object[]) {
  const parsed = parseSimulation(JSON.stringify(rules));
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

function kindFor(rule: object, command: Command): string {
  return behaviourFor(rulesOf(rule), command).kind;
}

describe('behaviourFor', () => {
  it('leaves participants alone without rules', () => {
    expect(behaviourFor([], ship)).toEqual({ kind: 'normal' });
  });

  it.each([
    { rule: { behaviour: 'slow', ms: 5 }, expected: { kind: 'slow', ms: 5 } },
    { rule: { behaviour: 'answer-late', ms: 6 }, expected: { kind: 'answer-late', ms: 6 } },
    { rule: { behaviour: 'late-effect', ms: 7 }, expected: { kind: 'late-effect', ms: 7 } },
    { rule: { behaviour: 'answer-twice' }, expected: { kind: 'answer-twice' } },
    { rule: { behaviour: 'silent' }, expected: { kind: 'silent' } },
    { rule: { behaviour: 'error' }, expected: { kind: 'error' } },
    {
      rule: { behaviour: 'fail', code: 'carrier.strike' },
      expected: { kind: 'refuse', code: 'carrier.strike' },
    },
    { rule: { behaviour: 'fail' }, expected: { kind: 'refuse', code: 'simulation.refused' } },
  ])('behaves as $rule says', ({ rule, expected }) => {
    expect(behaviourFor(rulesOf(rule), ship)).toEqual(expected);
  });

  it('obeys the first rule that matches', () => {
    const rules = rulesOf(
      { command: 'pick-order', behaviour: 'silent' },
      { command: 'ship-order', behaviour: 'answer-twice' },
      { behaviour: 'error' },
    );
    expect(behaviourFor(rules, ship).kind).toBe('answer-twice');
    expect(behaviourFor(rules, recall).kind).toBe('error');
  });

  it.each([
    { order: 'SO-1', isMatch: true },
    { order: 'SO-*', isMatch: true },
    { order: '*', isMatch: true },
    { order: 'SO', isMatch: false },
    { order: 'SO-1.', isMatch: false },
    { order: 'so-1', isMatch: false },
  ])('matches the order SO-1 by $order: $isMatch', ({ order, isMatch }) => {
    expect(kindFor({ order, behaviour: 'silent' }, ship)).toBe(isMatch ? 'silent' : 'normal');
  });

  it('matches ids as upstream spelled them, those of receipts too', () => {
    const participant = 'inventory';
    const encoded = { sagaId: 'receipt-R=2F1', data: { ...receiptData, receipt_id: 'R/1' } };
    const receive = doCommand('receive-stock', { participant, ...encoded });
    expect(kindFor({ order: 'R/1', behaviour: 'silent' }, receive)).toBe('silent');
    expect(kindFor({ order: 'receipt-*', behaviour: 'silent' }, receive)).toBe('silent');
  });

  it('matches attempts', () => {
    const rule = { attempt: [1, 3], behaviour: 'silent' };
    const kinds = [1, 2, 3].map((attempt) => kindFor(rule, { ...ship, attempt }));
    expect(kinds).toEqual(['silent', 'normal', 'silent']);
    expect(kindFor({ attempt: 2, behaviour: 'silent' }, { ...ship, attempt: 2 })).toBe('silent');
  });

  it('lets steps fail by fail and compensations by fail-undo', () => {
    expect(kindFor({ behaviour: 'fail' }, recall)).toBe('normal');
    expect(kindFor({ behaviour: 'fail-undo' }, ship)).toBe('normal');
    expect(kindFor({ behaviour: 'fail-undo' }, recall)).toBe('refuse');
  });

  it('lets a compensation fail for ever, or as often as it is told', () => {
    const kindAt = (rule: object, attempt: number) => kindFor(rule, { ...recall, attempt });
    expect(kindAt({ behaviour: 'fail-undo' }, 1_000)).toBe('refuse');
    expect(kindAt({ behaviour: 'fail-undo', times: 2 }, 2)).toBe('refuse');
    expect(kindAt({ behaviour: 'fail-undo', times: 2 }, 3)).toBe('normal');
  });

  it('lets deliveries fail for ever, or as often as it is told', () => {
    const rules = rulesOf({ behaviour: 'error', times: 2 });
    const kindAt = (deliveryCount: number) =>
      behaviourFor(rules, ship, { ...firstDelivery, deliveryCount }).kind;
    expect([1, 2, 3].map(kindAt)).toEqual(['error', 'error', 'normal']);
  });

  it('handles a command that was put off when it comes again', () => {
    const rules = rulesOf({ behaviour: 'late-effect', ms: 1 });
    const again = { deliveryCount: 1, isPostponed: true };
    expect(behaviourFor(rules, ship, again)).toEqual({ kind: 'normal' });
  });

  it('draws by chance once for all copies of a command, as often as the chance says', () => {
    const rules = rulesOf({ chance: 0.2, behaviour: 'silent' });
    const hits = Array.from({ length: 5_000 }, (_, at) => {
      const sagaId = `SO-2026-${at}`;
      const kinds = [1, 2].map((attempt) => {
        const command = doCommand('ship-order', { participant: 'shipping', sagaId, attempt });
        return behaviourFor(rules, command).kind;
      });
      expect(kinds[0]).toBe(kinds[1]);
      return kinds[0];
    }).filter((kind) => kind === 'silent');
    expect(hits.length).toBeGreaterThan(900);
    expect(hits.length).toBeLessThan(1_100);
  });

  it('never matches by a chance of 0 and always by one of 1', () => {
    expect(kindFor({ chance: 0, behaviour: 'silent' }, ship)).toBe('normal');
    expect(kindFor({ chance: 1, behaviour: 'silent' }, ship)).toBe('silent');
  });

  it('draws for each rule anew, so that chances do not hide one another', () => {
    const rules = rulesOf(
      { chance: 0.5, behaviour: 'silent' },
      { chance: 0.5, behaviour: 'answer-twice' },
    );
    const kinds = Array.from({ length: 2_000 }, (_, at) => {
      const command = doCommand('ship-order', { participant: 'shipping', sagaId: `SO-${at}` });
      return behaviourFor(rules, command).kind;
    });
    const twice = kinds.filter((kind) => kind === 'answer-twice').length;
    expect(twice).toBeGreaterThan(430);
    expect(twice).toBeLessThan(570);
  });

  it('draws for each command of a saga anew', () => {
    const ids = Array.from({ length: 2_000 }, (_, at) => `SO-${at}`);
    const both = ids.filter((id) => fractionOf(`0/a/${id}`) < 0.5 && fractionOf(`0/b/${id}`) < 0.5);
    expect(both.length).toBeGreaterThan(430);
    expect(both.length).toBeLessThan(570);
  });
});
