import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSimulation } from '../../../domain/simulation-rules.ts';

function problemOf(text: string): string {
  const parsed = parseSimulation(text);
  return parsed.ok ? 'none' : parsed.problem;
}

describe('parseSimulation', () => {
  it('reads rules with everything that they may say', () => {
    const rules = [
      {
        command: 'charge-payment',
        order: 'SO-1*',
        attempt: [1, 2],
        chance: 0.5,
        behaviour: 'fail',
      },
      { command: 'recall-shipment', behaviour: 'fail-undo', code: 'x.y', times: 3 },
      { attempt: 1, behaviour: 'slow', ms: 100 },
    ];
    expect(parseSimulation(JSON.stringify(rules))).toEqual({
      ok: true,
      value: [
        {
          of: 'do',
          command: 'charge-payment',
          order: 'SO-1*',
          attempts: [1, 2],
          chance: 0.5,
          behaviour: { kind: 'refuse', code: 'simulation.refused' },
        },
        {
          of: 'undo',
          command: 'recall-shipment',
          lastAttempt: 3,
          behaviour: { kind: 'refuse', code: 'x.y' },
        },
        { attempts: [1], behaviour: { kind: 'slow', ms: 100 } },
      ],
    });
  });

  it.each(['', '{}', '"silent"', '[', 'null'])('wants a list instead of %j', (text) => {
    expect(problemOf(text)).toMatch(/use a JSON list of rules/);
  });

  it.each([
    [{}, 'rule 1, behaviour: is missing: use one of: fail, fail-undo, error, slow'],
    [7, 'rule 1, which is no object'],
    [{ behaviour: 'explode' }, 'rule 1, behaviour: "explode" is wrong: use one of: fail'],
    [{ behaviour: 'constructor' }, 'rule 1, behaviour: "constructor" is wrong'],
    [{ behaviour: 'silent', comand: 'x' }, 'rule 1, "comand": is not known: use command, order'],
    [{ behaviour: 'silent', valueOf: 1 }, 'rule 1, "valueOf": is not known'],
    [
      { behaviour: 'silent', command: 'ship' },
      'rule 1, command: "ship" is wrong: use one of: create-order',
    ],
    [{ behaviour: 'silent', order: 'S*O' }, 'rule 1, order: "S*O" is wrong: use an order id'],
    [{ behaviour: 'silent', order: '' }, 'rule 1, order: "" is wrong'],
    [{ behaviour: 'silent', attempt: 0 }, 'rule 1, attempt: 0 is wrong: use a whole number from 1'],
    [{ behaviour: 'silent', attempt: [] }, 'rule 1, attempt: [] is wrong'],
    [{ behaviour: 'silent', attempt: [1, '2'] }, 'rule 1, attempt: [1,"2"] is wrong'],
    [
      { behaviour: 'silent', chance: 1.5 },
      'rule 1, chance: 1.5 is wrong: use a number from 0 to 1',
    ],
    [{ behaviour: 'fail', code: 'Not OK' }, 'rule 1, code: "Not OK" is wrong: use at most 60'],
    [
      { behaviour: 'slow', ms: 0.5 },
      'rule 1, ms: 0.5 is wrong: use a whole number of milliseconds',
    ],
    [{ behaviour: 'slow' }, 'rule 1, ms: is missing, slow needs it: use a whole number'],
    [{ behaviour: 'silent', ms: 5 }, 'rule 1, ms: means nothing to silent: leave it out'],
    [{ behaviour: 'fail', times: 2 }, 'rule 1, times: means nothing to fail: leave it out'],
    [
      { behaviour: 'fail', command: 'recall-shipment' },
      'rule 1, command: recall-shipment is a compensation: use the behaviour fail-undo',
    ],
    [
      { behaviour: 'fail-undo', command: 'ship-order' },
      'rule 1, command: ship-order is no compensation: use the behaviour fail',
    ],
  ])('says of %j what to do', (rule, problem) => {
    expect(problemOf(JSON.stringify([rule]))).toContain(problem);
  });

  it('names all problems of all rules at once', () => {
    const rules = [{ behaviour: 'silent' }, { chance: -1, nonsense: 1 }, { behaviour: 'slow' }];
    const problems = problemOf(JSON.stringify(rules)).split('; ');
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'rule 2, chance',
      'rule 2, "nonsense"',
      'rule 2, behaviour',
      'rule 3, ms',
    ]);
  });

  it('answers any JSON with rules or with problems', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (rules) => {
        expect(typeof parseSimulation(JSON.stringify(rules)).ok).toBe('boolean');
      }),
    );
  });
});
