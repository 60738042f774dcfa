import {
  typedNull,
  wrapInt,
  wrapMap,
  wrapString,
  wrapSymbol,
  type ErrorCondition,
  type Response,
  type Typed,
} from '../../amqp/index.ts';

/** The operation succeeded; the entries are the body. */
export function ok(entries: Iterable<readonly [string, Typed]> = []): Response {
  return respond({ statusCode: 200, description: 'OK' }, wrapMap(entries));
}

/** There is nothing to answer with, which is no failure. */
export function noContent(): Response {
  return respond({ statusCode: 204, description: 'No content' }, typedNull);
}

/** The operation failed; the condition tells clients why. */
export function failed(statusCode: number, error: ErrorCondition): Response {
  const { condition, description } = error;
  return respond({ statusCode, description, condition }, typedNull);
}

export function badRequest(description: string): Response {
  return failed(400, { condition: 'com.microsoft:argument-error', description });
}

/** Service Bus spells these keys in camel case, unlike Event Hubs. */
function respond(
  status: {
    readonly statusCode: number;
    readonly description: string;
    readonly condition?: string;
  },
  body: Typed,
): Response {
  const entries: [string, Typed][] = [
    ['statusCode', wrapInt(status.statusCode)],
    ['statusDescription', wrapString(status.description)],
  ];
  if (status.condition !== undefined) {
    entries.push(['errorCondition', wrapSymbol(status.condition)]);
  }
  return { applicationProperties: new Map(entries), body };
}
