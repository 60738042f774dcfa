import { readFileSync } from 'node:fs';
import { CommandError } from '../command-error.ts';

/** An operation of JSON Patch (RFC 6902); the application checks it. */
export interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

interface Corrections {
  readonly set?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
  /** JSON, or `@FILE`. */
  readonly patch?: string | undefined;
}

/**
 * The corrections of an edit as one JSON Patch: that of `--patch`, then what is set, then what is
 * removed. A value that is no JSON is a text.
 * Errors: `CommandError` with exit code 2.
 */
export function readPatch({
  set = [],
  remove = [],
  patch,
}: Corrections): readonly PatchOperation[] {
  const operations = [
    ...(patch === undefined ? [] : parsePatch(patch)),
    ...set.map(toSetting),
    ...remove.map((path) => ({ op: 'remove', path: checkPointer('--remove', path) })),
  ];
  if (operations.length > 0) return operations;
  throw wrong('--set', '(not given)', 'say what to correct, for example --set /data/quantity=3');
}

function toSetting(text: string): PatchOperation {
  const at = text.indexOf('=');
  if (at < 0) throw wrong('--set', text, 'write POINTER=VALUE, for example /data/quantity=3');
  // In an object, adding replaces what is there.
  return {
    op: 'add',
    path: checkPointer('--set', text.slice(0, at)),
    value: parseValue(text.slice(at + 1)),
  };
}

function checkPointer(name: string, pointer: string): string {
  if (/^(\/([^~]|~[01])*)+$/.test(pointer)) return pointer;
  throw wrong(name, pointer, 'use a JSON pointer such as /data/quantity');
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function parsePatch(text: string): readonly PatchOperation[] {
  const json = text.startsWith('@') ? readPatchFile(text.slice(1)) : text;
  try {
    const value: unknown = JSON.parse(json);
    if (Array.isArray(value) && value.length > 0) return value as readonly PatchOperation[];
  } catch {
    // Refused below, as any other value that is no patch.
  }
  const example = '[{"op":"replace","path":"/data/quantity","value":3}]';
  throw wrong('--patch', text.slice(0, 60), `use a JSON Patch such as ${example}`);
}

function readPatchFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw wrong('--patch', `@${path}`, 'name a file that can be read');
  }
}

function wrong(name: string, value: string, remedy: string): CommandError {
  return new CommandError(`${name} = ${value}: ${remedy}.`, 2);
}
