import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import {
  correlationFilter,
  defaultRule,
  sqlAction,
  sqlFilter,
  type Rule,
  type RuleAction,
  type RuleFilter,
} from '../rules/rule.ts';
import type { CorrelationFilter } from '../rules/correlation-filter.ts';
import type { PropertyValue } from '../state/message.ts';
import type { SettingReader } from '../../entities/setting-reader.ts';

const maxRules = 1000;

/** The keys of a correlation filter and the properties that they test. */
const correlationKeys = {
  ContentType: 'contentType',
  CorrelationId: 'correlationId',
  Label: 'subject',
  MessageId: 'messageId',
  ReplyTo: 'replyTo',
  ReplyToSessionId: 'replyToSessionId',
  SessionId: 'sessionId',
  To: 'to',
} as const satisfies Record<string, keyof CorrelationFilter['system']>;

/** Reads the rules of a subscription; without any it has the rule that selects everything. */
export function readRules(subscription: SettingReader): readonly Rule[] {
  const rules = subscription.list('Rules', maxRules).map(readRule);
  const names = new Set<string>();
  for (const { name } of rules) {
    if (names.has(name.toLowerCase())) subscription.report('Rules', `name "${name}" only once`);
    names.add(name.toLowerCase());
  }
  return rules.length === 0 ? [defaultRule] : rules;
}

function readRule(rule: SettingReader): Rule {
  const name = rule.allow(['Name', 'Properties']).requiredText('Name');
  const properties = rule
    .object('Properties')
    .allow(['FilterType', 'SqlFilter', 'CorrelationFilter', 'Action']);
  return { name, filter: readFilter(properties), action: readAction(properties) };
}

function readFilter(properties: SettingReader): RuleFilter {
  const type = properties.text('FilterType');
  if (type === 'Sql') return readSqlFilter(properties);
  if (type === 'Correlation') return readCorrelationFilter(properties);
  properties.report('FilterType', 'write "Sql" or "Correlation"');
  return { type: 'false' };
}

function readSqlFilter(properties: SettingReader): RuleFilter {
  const settings = properties.object('SqlFilter').allow(['SqlExpression']);
  return accept(settings, 'SqlExpression', sqlFilter(settings.requiredText('SqlExpression')));
}

function readCorrelationFilter(properties: SettingReader): RuleFilter {
  const settings = properties.object('CorrelationFilter');
  settings.allow([...Object.keys(correlationKeys), 'Properties']);
  const system = Object.entries(correlationKeys).flatMap(([key, property]) => {
    const value = settings.text(key);
    return value === undefined ? [] : [[property, value] as const];
  });
  const filter = correlationFilter({
    system: Object.fromEntries(system),
    properties: readCorrelationProperties(settings),
  });
  return accept(properties, 'CorrelationFilter', filter);
}

function readCorrelationProperties(settings: SettingReader): ReadonlyMap<string, PropertyValue> {
  const properties = new Map<string, PropertyValue>();
  const given = settings.value('Properties') ?? {};
  for (const [name, value] of Object.entries(given)) {
    const read = toPropertyValue(value);
    if (read.ok) properties.set(name, read.value);
    else settings.report('Properties', `give "${name}" a string, a number, true, false or null`);
  }
  return properties;
}

function toPropertyValue(value: unknown): Result<PropertyValue, undefined> {
  if (typeof value === 'number')
    return succeed(Number.isSafeInteger(value) ? BigInt(value) : value);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) {
    return succeed(value);
  }
  return fail(undefined);
}

function readAction(properties: SettingReader): RuleAction | undefined {
  if (!properties.has('Action')) return undefined;
  const settings = properties.object('Action').allow(['SqlExpression']);
  const action = sqlAction(settings.requiredText('SqlExpression'));
  if (action.ok) return action.value;
  settings.report('SqlExpression', action.problem);
  return undefined;
}

/** A filter that cannot be read is reported, and selects nothing. */
function accept(
  settings: SettingReader,
  key: string,
  filter: Result<RuleFilter, string>,
): RuleFilter {
  if (filter.ok) return filter.value;
  settings.report(key, filter.problem);
  return { type: 'false' };
}
