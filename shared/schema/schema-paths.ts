import type { PointerPath } from '../kernel/json-text-replace.ts';

/**
 * Whether a JSON Schema describes the place that a pointer names, through `properties`, `items` and
 * references into its own `$defs`. False for a text that is no schema.
 */
export function hasPath(schemaText: string, path: PointerPath): boolean {
  try {
    const root: unknown = JSON.parse(schemaText);
    return describes({ root, schema: root }, path);
  } catch {
    // The compiler of schemas reports this text.
    return false;
  }
}

interface Place {
  readonly root: unknown;
  readonly schema: unknown;
}

function describes(place: Place, path: PointerPath): boolean {
  const schema = resolve(place);
  const [segment, ...rest] = path;
  if (segment === undefined) return schema !== undefined;
  const child =
    segment === '*' ? member(schema, 'items') : member(member(schema, 'properties'), segment);
  return child !== undefined && describes({ root: place.root, schema: child }, rest);
}

function resolve({ root, schema }: Place): unknown {
  const reference = member(schema, '$ref');
  if (typeof reference !== 'string') return schema;
  const segments = reference.split('/').slice(1);
  return segments.reduce(member, root);
}

function member(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isObject ? Reflect.get(value, name) : undefined;
}
