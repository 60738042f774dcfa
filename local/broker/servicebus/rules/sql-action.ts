import type { Message, Properties, PropertyValue } from '../state/message.ts';
import { evaluateValue, findProperty, type RuleContext } from './sql-evaluator.ts';
import type { PropertyReference, SqlStatement } from './sql-syntax.ts';
import { toText, type RuleValue } from './values.ts';

/**
 * Runs a rule action on a copy of a message: each statement sees what those before it did.
 * A value that is unknown leaves its property as it is.
 */
export function applyAction(statements: readonly SqlStatement[], context: RuleContext): Message {
  return statements.reduce(
    (message, statement) => applyStatement(statement, { ...context, message }),
    context.message,
  );
}

function applyStatement(statement: SqlStatement, context: RuleContext): Message {
  const { message } = context;
  if (statement.kind === 'remove') return remove(message, statement.property);
  const value = evaluateValue(statement.value, context);
  return value === undefined ? message : set(message, statement.property, value);
}

function remove(message: Message, property: PropertyReference): Message {
  if (property.scope === 'sys') return setSystem(message, property, undefined);
  const key = findProperty(message, property.name);
  if (key === undefined) return message;
  const others = [...message.properties].filter(([name]) => name !== key);
  return { ...message, properties: new Map(others) };
}

function set(message: Message, property: PropertyReference, value: PropertyValue): Message {
  if (property.scope === 'sys') {
    return setSystem(message, property, value === null ? undefined : toText(value));
  }
  const key = findProperty(message, property.name) ?? property.name;
  const converted = convert(value, message.properties.get(key)?.value);
  const properties: Properties = new Map([...message.properties, [key, { value: converted }]]);
  return { ...message, properties };
}

/** Every message has an id: without one it gets the empty text. */
function setSystem(
  message: Message,
  { name }: PropertyReference & { readonly scope: 'sys' },
  value: string | undefined,
): Message {
  const kept = name === 'messageId' ? (value ?? '') : value;
  return { ...message, system: { ...message.system, [name]: kept } };
}

/** Keeps the type that a property has where the new value converts to it without loss. */
function convert(value: PropertyValue, existing: RuleValue): PropertyValue {
  if (value === null) return null;
  if (typeof existing === 'string') return toText(value);
  if (typeof existing === 'number' && typeof value === 'bigint') return Number(value);
  return value;
}
