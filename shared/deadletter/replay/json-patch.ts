import { canonicalise } from '../../kernel/json-text-canonical.ts';
import { parsePointer, type PointerPath } from '../../kernel/json-text-replace.ts';
import { skipSpace, skipValue, type Span } from '../../kernel/json-text-scan.ts';
import { itemsAt, membersAt, parseJson } from '../../kernel/json-text.ts';
import { fail, succeed, type Result } from '../../kernel/result.ts';

/*
 * JSON Patch on the text of a document, so that whatever a patch does not touch keeps its spelling:
 * numbers their digits, members their order. Source: RFC 6902; pointers: RFC 6901.
 */

/** One operation. Values are JSON texts. */
export type PatchOperation =
  | {
      readonly op: 'add' | 'replace' | 'test';
      readonly path: PointerPath;
      readonly value: string;
    }
  | { readonly op: 'remove'; readonly path: PointerPath }
  | { readonly op: 'move' | 'copy'; readonly from: PointerPath; readonly path: PointerPath };

/** Documents and values nest at most so deep. */
const maxDepth = 64;
const maxOperations = 100;

/** The operations of a patch, or why the text is no patch. */
export function readPatch(text: string): Result<readonly PatchOperation[], string> {
  const parsed = parseJson(text, maxDepth);
  if (!parsed.ok || !Array.isArray(parsed.json.value)) return fail('it is no JSON array');
  const items = itemsAt(text, skipSpace(text, 0));
  if (items.length === 0 || items.length > maxOperations) {
    return fail(`it has ${items.length} operations, of 1 to ${maxOperations}`);
  }
  const operations: PatchOperation[] = [];
  for (const [place, { start, end }] of items.entries()) {
    const operation = readOperation(text.slice(start, end));
    if (!operation.ok) return fail(`operation ${place}: ${operation.problem}`);
    operations.push(operation.value);
  }
  return succeed(operations);
}

/** The document after all operations in their order, or why one of them cannot be done: then none is. */
export function applyPatch(
  document: string,
  operations: readonly PatchOperation[],
): Result<string, string> {
  if (!parseJson(document, maxDepth).ok) return fail('the document is no JSON');
  let text = document;
  for (const [place, operation] of operations.entries()) {
    const changed = applyOperation(text, operation);
    if (!changed.ok) return fail(`operation ${place} (${operation.op}): ${changed.problem}`);
    text = changed.value;
  }
  return succeed(text);
}

function readOperation(text: string): Result<PatchOperation, string> {
  const fields = new Map<string, string>();
  if (text[0] !== '{') return fail('it is no object');
  for (const { name, start, end } of membersAt(text, 0)) {
    if (!['op', 'path', 'from', 'value'].includes(name)) continue;
    if (fields.has(name)) return fail(`it has ${name} twice`);
    fields.set(name, text.slice(start, end));
  }
  const path = readPointer(fields.get('path'));
  if (path === undefined) return fail('its path is no JSON pointer');
  return readKind(textOf(fields.get('op')), path, fields);
}

function readKind(
  op: string | undefined,
  path: PointerPath,
  fields: ReadonlyMap<string, string>,
): Result<PatchOperation, string> {
  if (op === 'remove') return succeed({ op, path });
  if (op === 'move' || op === 'copy') {
    const from = readPointer(fields.get('from'));
    return from === undefined ? fail('its from is no JSON pointer') : succeed({ op, path, from });
  }
  const known = withValue.find((name) => name === op);
  if (known === undefined) return fail(unknownOperation);
  const value = fields.get('value');
  return value === undefined ? fail('it has no value') : succeed({ op: known, path, value });
}

const withValue = ['add', 'replace', 'test'] as const;
const unknownOperation = 'its op is none of add, remove, replace, move, copy and test';

function readPointer(spelling: string | undefined): PointerPath | undefined {
  const pointer = textOf(spelling);
  return pointer === undefined ? undefined : parsePointer(pointer);
}

function textOf(spelling: string | undefined): string | undefined {
  const value: unknown = spelling === undefined ? undefined : JSON.parse(spelling);
  return typeof value === 'string' ? value : undefined;
}

function applyOperation(text: string, operation: PatchOperation): Result<string, string> {
  const { path } = operation;
  switch (operation.op) {
    case 'add':
      return add(text, path, operation.value);
    case 'remove':
      return remove(text, path);
    case 'replace':
      return replace(text, path, operation.value);
    case 'copy':
      return copy(text, operation.from, path);
    case 'move':
      return move(text, operation.from, path);
    case 'test':
      return test(text, path, operation.value);
  }
}

function replace(text: string, path: PointerPath, value: string): Result<string, string> {
  const old = find(text, path);
  return old.ok ? succeed(splice(text, old.value, value)) : old;
}

function copy(text: string, from: PointerPath, path: PointerPath): Result<string, string> {
  const source = find(text, from);
  return source.ok ? add(text, path, slice(text, source.value)) : source;
}

function test(text: string, path: PointerPath, value: string): Result<string, string> {
  const found = find(text, path);
  if (!found.ok) return found;
  return isSame(slice(text, found.value), value) ? succeed(text) : fail(notEqual);
}

function move(text: string, from: PointerPath, path: PointerPath): Result<string, string> {
  const source = find(text, from);
  if (!source.ok) return source;
  const isInside = path.length > from.length && from.every((token, at) => token === path[at]);
  if (isInside) return fail('a value cannot be moved into itself');
  // To where it is already: the root cannot be taken away first.
  if (path.length === from.length && from.every((token, at) => token === path[at])) {
    return succeed(text);
  }
  const without = remove(text, from);
  return without.ok ? add(without.value, path, slice(text, source.value)) : without;
}

function add(text: string, path: PointerPath, value: string): Result<string, string> {
  const token = path.at(-1);
  if (token === undefined) return succeed(value);
  return changeContainer(text, path, (container) => {
    if (container.kind === 'object') {
      const members = new Map(container.members).set(token, value);
      return succeed({ kind: 'object', members });
    }
    const place = token === '-' ? container.items.length : indexOf(token);
    if (place === undefined || place > container.items.length) return fail(missing);
    return succeed({ kind: 'array', items: container.items.toSpliced(place, 0, value) });
  });
}

function remove(text: string, path: PointerPath): Result<string, string> {
  const token = path.at(-1);
  if (token === undefined) return fail('the whole document cannot be removed');
  return changeContainer(text, path, (container) => {
    if (container.kind === 'object') {
      const members = new Map(container.members);
      return members.delete(token) ? succeed({ kind: 'object', members }) : fail(missing);
    }
    const place = indexOf(token);
    if (place === undefined || place >= container.items.length) return fail(missing);
    return succeed({ kind: 'array', items: container.items.toSpliced(place, 1) });
  });
}

/** An object or array with its values as texts. */
type Container =
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, string> }
  | { readonly kind: 'array'; readonly items: readonly string[] };

function changeContainer(
  text: string,
  path: PointerPath,
  change: (container: Container) => Result<Container, string>,
): Result<string, string> {
  const span = find(text, path.slice(0, -1));
  if (!span.ok) return span;
  const container = readContainer(text, span.value);
  if (!container.ok) return container;
  const changed = change(container.value);
  return changed.ok ? succeed(splice(text, span.value, spell(changed.value))) : changed;
}

function readContainer(text: string, { start }: Span): Result<Container, string> {
  if (text[start] === '[') {
    return succeed({ kind: 'array', items: itemsAt(text, start).map((item) => slice(text, item)) });
  }
  if (text[start] !== '{') return fail(missing);
  const found = membersAt(text, start);
  const members = new Map(found.map((member) => [member.name, slice(text, member)]));
  return members.size === found.length ? succeed({ kind: 'object', members }) : fail(repeated);
}

function spell(container: Container): string {
  if (container.kind === 'array') return `[${container.items.join(',')}]`;
  const members = [...container.members].map(([name, value]) => `${JSON.stringify(name)}:${value}`);
  return `{${members.join(',')}}`;
}

/** Where the value of a pointer stands. */
function find(text: string, path: PointerPath): Result<Span, string> {
  const start = skipSpace(text, 0);
  let span: Span = { start, end: skipValue(text, start, Infinity) };
  for (const token of path) {
    const child = childOf(text, span, token);
    if (!child.ok) return child;
    span = child.value;
  }
  return succeed(span);
}

function childOf(text: string, { start }: Span, token: string): Result<Span, string> {
  if (text[start] === '{') {
    const [child, ...others] = membersAt(text, start).filter(({ name }) => name === token);
    if (others.length > 0) return fail(repeated);
    return child === undefined ? fail(missing) : succeed(child);
  }
  const place = text[start] === '[' ? indexOf(token) : undefined;
  const item = place === undefined ? undefined : itemsAt(text, start)[place];
  return item === undefined ? fail(missing) : succeed(item);
}

const missing = 'there is nothing at the pointer';
const repeated = 'an object has a name twice: it cannot be told which is meant';
const notEqual = 'the value is another one';

/** The place of an array that a token names. Source: RFC 6901, section 4. */
function indexOf(token: string): number | undefined {
  return /^(0|[1-9]\d{0,8})$/.test(token) ? Number(token) : undefined;
}

/** Numbers are compared by value, objects without the order of their members. */
function isSame(left: string, right: string): boolean {
  return canonicalise(left, 0).text === canonicalise(right, 0).text;
}

function slice(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}

function splice(text: string, { start, end }: Span, value: string): string {
  return text.slice(0, start) + value + text.slice(end);
}
