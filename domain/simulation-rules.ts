import type { JsonObject, JsonValue } from '../shared/kernel/json-value.ts';
import { fail, succeed, type Result } from '../shared/kernel/result.ts';
import { isJsonObject, memberOf } from './command-data.ts';
import { compensationNames, stepNames } from './participants.ts';
import type { SimulationRule } from './simulation.ts';

/** What may stand beside the name of a behaviour, and what the two mean for a rule. */
interface Form {
  readonly takes: readonly string[];
  readonly needs: readonly string[];
  readonly toRule: (rule: JsonObject) => SimulationRule;
}

const forms: Readonly<Record<string, Form>> = {
  fail: { takes: ['code'], needs: [], toRule: (rule) => ({ of: 'do', ...refusal(rule) }) },
  'fail-undo': {
    takes: ['code', 'times'],
    needs: [],
    toRule: (rule) => ({ of: 'undo', ...refusal(rule), lastAttempt: timesOf(rule) }),
  },
  error: {
    takes: ['times'],
    needs: [],
    toRule: (rule) => ({
      behaviour: { kind: 'error' },
      lastDelivery: timesOf(rule),
    }),
  },
  slow: delayed('slow'),
  'answer-twice': plain('answer-twice'),
  'answer-late': delayed('answer-late'),
  silent: plain('silent'),
  'late-effect': delayed('late-effect'),
};

const matchers = ['command', 'order', 'attempt', 'chance'];
const behaviourNames = Object.keys(forms);
const commandNames = [...stepNames, ...compensationNames];

/** The longest time that a rule may name, a day: a message may be scheduled that far ahead. */
const maxMs = 24 * 60 * 60 * 1000;
const defaultCode = 'simulation.refused';

interface Key {
  readonly accepts: (value: JsonValue) => boolean;
  readonly remedy: string;
}

const keys: Readonly<Record<string, Key>> = {
  command: {
    accepts: (value) => commandNames.some((name) => name === value),
    remedy: `use one of: ${commandNames.join(', ')}`,
  },
  order: {
    accepts: (value) => typeof value === 'string' && /^[^*]{0,200}[^*]\*?$|^\*$/.test(value),
    remedy: 'use an order id, or the beginning of one followed by *',
  },
  attempt: {
    accepts: (value) => attemptsOf(value) !== undefined,
    remedy: 'use a whole number from 1 on, or a list of them',
  },
  chance: {
    accepts: (value) => typeof value === 'number' && value >= 0 && value <= 1,
    remedy: 'use a number from 0 to 1',
  },
  behaviour: {
    accepts: (value) => behaviourNames.some((name) => name === value),
    remedy: `use one of: ${behaviourNames.join(', ')}`,
  },
  code: {
    accepts: (value) => typeof value === 'string' && /^[a-z0-9_.-]{1,60}$/.test(value),
    remedy: 'use at most 60 lower-case letters, digits, ".", "_" and "-"',
  },
  ms: {
    accepts: (value) => isWhole(value) && value <= maxMs,
    remedy: `use a whole number of milliseconds from 1 to ${maxMs}`,
  },
  times: {
    accepts: isWhole,
    remedy: 'use a whole number from 1 on, or leave it out: for ever',
  },
};

/**
 * Reads the rules of `participant_simulation`, a JSON list of objects, or says everything that is
 * wrong with them: which rule, which key, and what to do about it.
 */
export function parseSimulation(text: string): Result<readonly SimulationRule[], string> {
  const rules = parseList(text);
  if (rules === undefined) {
    return fail(
      'use a JSON list of rules, such as [{"command":"ship-order","behaviour":"silent"}]',
    );
  }
  const problems = rules.flatMap((rule, at) =>
    findProblems(rule).map((problem) => `rule ${at + 1}, ${problem}`),
  );
  return problems.length > 0
    ? fail(problems.join('; '))
    : succeed(rules.filter(isJsonObject).flatMap(toRule));
}

function parseList(text: string): readonly JsonValue[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function findProblems(rule: JsonValue): readonly string[] {
  if (!isJsonObject(rule)) return ['which is no object: use {"behaviour": ...}'];
  const unreadable = Object.entries(rule).flatMap(([key, value]) => checkKey(key, value));
  const name = memberOf(rule, 'behaviour');
  if (name === undefined) return [...unreadable, `behaviour: is missing: ${remedyOf('behaviour')}`];
  return [...unreadable, ...checkUse(rule, textOf(rule, 'behaviour') ?? '')];
}

function checkKey(key: string, value: JsonValue): readonly string[] {
  const known = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (known === undefined) {
    return [`${JSON.stringify(key)}: is not known: use ${Object.keys(keys).join(', ')}`];
  }
  return known.accepts(value) ? [] : [`${key}: ${JSON.stringify(value)} is wrong: ${known.remedy}`];
}

/** What is right on its own and wrong beside this behaviour. */
function checkUse(rule: JsonObject, name: string): readonly string[] {
  const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
  if (form === undefined) return [];
  const used = [...matchers, 'behaviour', ...form.takes];
  const idle = Object.keys(rule).filter((key) => Object.hasOwn(keys, key) && !used.includes(key));
  const missing = form.needs.filter((key) => !Object.hasOwn(rule, key));
  return [
    ...idle.map((key) => `${key}: means nothing to ${name}: leave it out`),
    ...missing.map((key) => `${key}: is missing, ${name} needs it: ${remedyOf(key)}`),
    ...checkCommand(textOf(rule, 'command') ?? '', name),
  ];
}

function checkCommand(command: string, name: string): readonly string[] {
  if (name === 'fail' && compensationNames.includes(command)) {
    return [`command: ${command} is a compensation: use the behaviour fail-undo`];
  }
  if (name === 'fail-undo' && stepNames.includes(command)) {
    return [`command: ${command} is no compensation: use the behaviour fail`];
  }
  return [];
}

function remedyOf(key: string): string {
  return keys[key]?.remedy ?? '';
}

/** The meaning of a rule without problems. */
function toRule(rule: JsonObject): readonly SimulationRule[] {
  const form = forms[textOf(rule, 'behaviour') ?? ''];
  if (form === undefined) return [];
  return [
    {
      command: textOf(rule, 'command'),
      order: textOf(rule, 'order'),
      attempts: attemptsOf(memberOf(rule, 'attempt')),
      chance: numberOf(rule, 'chance'),
      ...form.toRule(rule),
    },
  ];
}

function refusal(rule: JsonObject): Pick<SimulationRule, 'behaviour'> {
  return { behaviour: { kind: 'refuse', code: textOf(rule, 'code') ?? defaultCode } };
}

function plain(kind: 'answer-twice' | 'silent'): Form {
  return { takes: [], needs: [], toRule: () => ({ behaviour: { kind } }) };
}

function delayed(kind: 'slow' | 'answer-late' | 'late-effect'): Form {
  const toRule = (rule: JsonObject): SimulationRule => ({
    behaviour: { kind, ms: numberOf(rule, 'ms') ?? 1 },
  });
  return { takes: ['ms'], needs: ['ms'], toRule };
}

function timesOf(rule: JsonObject): number | undefined {
  return numberOf(rule, 'times');
}

function attemptsOf(value: JsonValue | undefined): readonly number[] | undefined {
  if (isWhole(value)) return [value];
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const attempts: readonly JsonValue[] = value;
  return attempts.every(isWhole) ? attempts : undefined;
}

function isWhole(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

function textOf(rule: JsonObject, key: string): string | undefined {
  const value = memberOf(rule, key);
  return typeof value === 'string' ? value : undefined;
}

function numberOf(rule: JsonObject, key: string): number | undefined {
  const value = memberOf(rule, key);
  return typeof value === 'number' ? value : undefined;
}
