import type { Message, PropertyValue } from '../state/message.ts';
import type { SystemPropertyName } from './system-properties.ts';
import { compareValues } from './values.ts';

/** Conditions that must all hold; text is compared with its case. */
export interface CorrelationFilter {
  readonly system: Readonly<Partial<Record<SystemPropertyName, string>>>;
  readonly properties: ReadonlyMap<string, PropertyValue>;
}

/** The system properties that a correlation filter can name. */
export const correlationFields = [
  'correlationId',
  'messageId',
  'to',
  'replyTo',
  'subject',
  'sessionId',
  'replyToSessionId',
  'contentType',
] as const satisfies readonly SystemPropertyName[];

export function matchesCorrelation(filter: CorrelationFilter, message: Message): boolean {
  const systemMatches = correlationFields.every((name) => {
    const wanted = filter.system[name];
    return wanted === undefined || message.system[name] === wanted;
  });
  return (
    systemMatches && [...filter.properties].every(([name, wanted]) => has(message, name, wanted))
  );
}

/** A filter without any condition would select everything by mistake. */
export function isEmptyCorrelation(filter: CorrelationFilter): boolean {
  const named = correlationFields.some((name) => filter.system[name] !== undefined);
  return !named && filter.properties.size === 0;
}

function has(message: Message, name: string, wanted: PropertyValue): boolean {
  const actual = message.properties.get(name)?.value;
  if (wanted === null) return actual === null;
  return compareValues('=', actual, wanted) === true;
}
