import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';

/** A parsed blob path such as `dead-letters/{topic}/{name}.json`. */
export interface BlobPath {
  readonly container: string;
  /** What every fitting name begins with. */
  readonly prefix: string;
  /** The parameters of a blob's name; undefined if it does not fit. */
  match(name: string): Readonly<Record<string, string>> | undefined;
}

const containerPattern = /^[a-z0-9](?:-?[a-z0-9]){2,62}$/;
const parameterPattern = /\{(\w+)\}/;

/** Parses a path; the problem says what is wrong with it. */
export function parseBlobPath(path: string): Result<BlobPath, string> {
  const slash = path.indexOf('/');
  const container = slash === -1 ? path : path.slice(0, slash);
  const pattern = slash === -1 ? '{name}' : path.slice(slash + 1);
  if (!containerPattern.test(container)) return fail(`"${container}" is no name of a container`);
  // At odd places there are the names of parameters.
  const parts = pattern.split(parameterPattern);
  const names = parts.filter((_part, at) => at % 2 === 1);
  if (parts.some((part, at) => at % 2 === 0 && /[{}]/.test(part))) {
    return fail(`"${pattern}" has a brace that belongs to no {parameter}`);
  }
  if (new Set(names).size < names.length) return fail(`"${pattern}" names a parameter twice`);
  const source = parts.map((part, at) => (at % 2 === 1 ? '(.+)' : escapeText(part))).join('');
  const expression = new RegExp(`^${source}$`, 's');
  return succeed({
    container,
    prefix: parts[0] ?? '',
    match(name) {
      const found = expression.exec(name);
      if (found === null) return undefined;
      return Object.fromEntries(names.map((parameter, at) => [parameter, found[at + 1] ?? '']));
    },
  });
}

function escapeText(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}
