import type { Result } from '../../../../shared/kernel/result.ts';
import { fail, succeed } from '../../../../shared/kernel/result.ts';

/** One part of a route between two slashes. */
type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'parameter';
      readonly name: string;
      readonly isOptional: boolean;
      readonly constraint: RegExp | undefined;
    }
  | { readonly kind: 'rest'; readonly name: string };

/** A parsed ASP.NET Core route such as `orders/{id:int}/{*path}`. */
export type RouteTemplate = readonly Segment[];

/** The values of a route's parameters. */
export type RouteParameters = Readonly<Record<string, string>>;

/** The constraints that this host checks; others are refused when the route is parsed. */
const constraints: Readonly<Record<string, RegExp>> = {
  alpha: /^[a-z]+$/i,
  bool: /^(?:true|false)$/i,
  guid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  int: /^-?\d{1,10}$/,
  long: /^-?\d{1,19}$/,
};

const parameterPattern = /^\{(\*{0,2})(\w+)(?::([^?}]+))?(\??)\}$/;

/** Parses a route; the problem says what this host cannot do with it. */
export function parseRouteTemplate(text: string): Result<RouteTemplate, string> {
  const segments: Segment[] = [];
  for (const part of text.split('/').filter((each) => each !== '')) {
    const segment = parseSegment(part);
    if (typeof segment === 'string') return fail(segment);
    if (segments.at(-1)?.kind === 'rest') return fail('nothing may follow a {*catch-all}');
    segments.push(segment);
  }
  return succeed(segments);
}

function parseSegment(part: string): Segment | string {
  if (!/[{}]/.test(part)) return { kind: 'literal', text: part.toLowerCase() };
  const match = parameterPattern.exec(part);
  if (match === null) return `the segment "${part}" is neither plain text nor one {parameter}`;
  const [, stars = '', name = '', word, mark] = match;
  if (stars !== '') return { kind: 'rest', name };
  const constraint = constraintOf(word);
  if (typeof constraint === 'string') return constraint;
  return { kind: 'parameter', name, isOptional: mark === '?', constraint };
}

function constraintOf(word: string | undefined): RegExp | string | undefined {
  if (word === undefined) return undefined;
  const known = Object.hasOwn(constraints, word) ? constraints[word] : undefined;
  return known ?? `the constraint "${word}" is not one of ${Object.keys(constraints).join(', ')}`;
}

/** The parameters if the path, split at its slashes and decoded, is one of the route's. */
export function matchRoute(
  template: RouteTemplate,
  path: readonly string[],
): RouteParameters | undefined {
  const parameters: [string, string][] = [];
  for (const [index, segment] of template.entries()) {
    if (segment.kind === 'rest') {
      parameters.push([segment.name, path.slice(index).join('/')]);
      return Object.fromEntries(parameters);
    }
    const part = path[index];
    if (!fits(segment, part)) return undefined;
    if (segment.kind === 'parameter' && part !== undefined) parameters.push([segment.name, part]);
  }
  return path.length <= template.length ? Object.fromEntries(parameters) : undefined;
}

function fits(segment: Exclude<Segment, { kind: 'rest' }>, part: string | undefined): boolean {
  if (segment.kind === 'literal') return part?.toLowerCase() === segment.text;
  if (part === undefined) return segment.isOptional;
  return segment.constraint?.test(part) ?? true;
}

/** Negative if the first route is the more precise one: plain text, constraint, parameter, rest. */
export function compareRoutes(left: RouteTemplate, right: RouteTemplate): number {
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const difference = rank(left[index]) - rank(right[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function rank(segment: Segment | undefined): number {
  if (segment === undefined || segment.kind === 'literal') return 0;
  if (segment.kind === 'rest') return 3;
  return segment.constraint === undefined ? 2 : 1;
}
