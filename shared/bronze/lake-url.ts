import { fail, succeed, type Result } from '../kernel/result.ts';

/** Kinds of store that a lake may stand on. All are written through their blob endpoint. */
export type LakeTarget = 'onelake' | 'adls' | 'blob';

export interface LakeLocation {
  /** URL of the container; a workspace on OneLake. */
  readonly containerUrl: string;
  /** Folder that holds `Tables/`, ending in `/`, or the empty text. */
  readonly root: string;
}

/**
 * Reads the URL of a lake: `https://onelake.blob.fabric.microsoft.com/<workspace>/<lakehouse>.Lakehouse`,
 * or `https://<account>.blob.core.windows.net/<container>[/<folder>]`. A final `/Tables` is the same
 * place; a `dfs` host is answered by its `blob` twin, because only that creates a file in one step.
 */
export function parseLakeUrl(target: LakeTarget, text: string): Result<LakeLocation, string> {
  if (!URL.canParse(text)) return fail('it is no URL');
  const url = new URL(text);
  if (url.search !== '' || url.hash !== '') return fail('it has a query or a fragment');
  const [container, ...folders] = url.pathname.split('/').filter((part) => part !== '');
  if (container === undefined) return fail('it names no container');
  if (folders.at(-1) === 'Tables') folders.pop();
  const problem = foldersProblem(target, folders);
  if (problem !== undefined) return fail(problem);
  const host = url.host.replace('.dfs.', '.blob.');
  return succeed({
    containerUrl: `${url.protocol}//${host}/${container}`,
    root: folders.map((folder) => `${folder}/`).join(''),
  });
}

function foldersProblem(target: LakeTarget, folders: readonly string[]): string | undefined {
  if (target === 'onelake' && folders.length === 0) return 'it names no lakehouse';
  return folders.every((folder) => /^[\w.-]+$/.test(folder))
    ? undefined
    : 'a folder has characters other than letters, digits, "_", "-" and "."';
}
