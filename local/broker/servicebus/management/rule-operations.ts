import { fail, type Result } from '../../../../shared/kernel/result.ts';
import { wrapList, wrapMap, type Response } from '../../amqp/index.ts';
import { toPropertyValue } from '../codec/property-values.ts';
import type { CorrelationFilter } from '../rules/correlation-filter.ts';
import {
  correlationFilter,
  sqlAction,
  sqlFilter,
  type RuleAction,
  type RuleFilter,
} from '../rules/rule.ts';
import { entityNotFound, notAllowed } from '../protocol/conditions.ts';
import { BodyReader } from './body-reader.ts';
import { defineOperation, type Operation, type OperationContext } from './operation.ts';
import { encodeRule } from './rule-encoding.ts';
import { badRequest, failed, noContent, ok } from './responses.ts';

/** The keys of a correlation filter in a request and the properties that they test. */
const correlationKeys = {
  'correlation-id': 'correlationId',
  'message-id': 'messageId',
  to: 'to',
  'reply-to': 'replyTo',
  label: 'subject',
  'session-id': 'sessionId',
  'reply-to-session-id': 'replyToSessionId',
  'content-type': 'contentType',
} as const satisfies Record<string, keyof CorrelationFilter['system']>;

interface GivenRule {
  readonly name: string;
  readonly filter: Result<RuleFilter, string>;
  readonly action: Result<RuleAction, string> | undefined;
}

const enumerateRules = defineOperation({
  read: (body) => ({ top: body.number('top'), skip: body.number('skip') }),
  run: ({ top, skip }, { entity }) => {
    if (entity.kind !== 'subscription') return noRules(entity.path);
    const rules = entity.rules.list().slice(skip, skip + top);
    if (rules.length === 0) return noContent();
    const listed = rules.map((rule) => wrapMap([['rule-description', encodeRule(rule)]]));
    return ok([['rules', wrapList(listed)]]);
  },
});

const addRule = defineOperation({
  read: (body): GivenRule => {
    const description = new BodyReader(body.map('rule-description'));
    const rule = {
      name: body.text('rule-name'),
      filter: readFilter(description),
      action: readAction(description),
    };
    body.problem ??= description.problem;
    return rule;
  },
  run: ({ name, filter, action }, { entity }) => {
    if (entity.kind !== 'subscription') return noRules(entity.path);
    if (!filter.ok) return badRequest(filter.problem);
    if (action?.ok === false) return badRequest(action.problem);
    const added = entity.rules.add({ name, filter: filter.value, action: action?.value });
    if (added.ok) return ok();
    return failed(409, {
      condition: 'com.microsoft:entity-already-exists',
      description: `The subscription '${entity.path}' already has a rule '${name}'.`,
    });
  },
});

const removeRule = defineOperation({
  read: (body) => body.text('rule-name'),
  run: (name, { entity }: OperationContext) => {
    if (entity.kind !== 'subscription') return noRules(entity.path);
    const removed = entity.rules.remove(name);
    return removed.ok ? ok() : failed(404, entityNotFound(`${entity.path}/Rules/${name}`));
  },
});

/** The operations on rules by name. */
export const ruleOperations: readonly (readonly [string, Operation])[] = [
  ['com.microsoft:enumerate-rules', enumerateRules],
  ['com.microsoft:add-rule', addRule],
  ['com.microsoft:remove-rule', removeRule],
];

function noRules(path: string): Response {
  return failed(400, notAllowed(`'${path}' is no subscription and has no rules.`));
}

function readFilter(description: BodyReader): Result<RuleFilter, string> {
  if (description.raw('sql-filter') !== undefined) {
    return sqlFilter(readExpression(description, 'sql-filter'));
  }
  if (description.raw('correlation-filter') === undefined) {
    return fail('"rule-description" must have a "sql-filter" or a "correlation-filter"');
  }
  return readCorrelation(description);
}

function readCorrelation(description: BodyReader): Result<RuleFilter, string> {
  const fields = new BodyReader(description.map('correlation-filter'));
  const system = Object.entries(correlationKeys).flatMap(([key, name]) => {
    const value = fields.optionalText(key);
    return value === undefined ? [] : [[name, value] as const];
  });
  const properties = [...fields.map('properties')].map(
    ([name, value]) => [name, toPropertyValue(value)] as const,
  );
  description.problem ??= fields.problem;
  return correlationFilter({
    system: Object.fromEntries(system),
    properties: new Map(properties),
  });
}

function readAction(description: BodyReader): Result<RuleAction, string> | undefined {
  if (description.raw('sql-rule-action') === undefined) return undefined;
  return sqlAction(readExpression(description, 'sql-rule-action'));
}

function readExpression(description: BodyReader, key: string): string {
  const fields = new BodyReader(description.map(key));
  const expression = fields.text('expression');
  description.problem ??= fields.problem;
  return expression;
}
