import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A text between backticks that names a file or folder of this repository. */
const pathForm =
  /`((?:\.ci|bench|cli|docs|domain|functions|local|sagas|schemas|shared|test)\/[\w./@{}-]*|[A-Z]{3,}\.md)`/g;
const linkForm = /\]\(([^)\s]+)\)/g;

export function readDocument(path: string): string {
  return readFileSync(path, 'utf8');
}

/** Paths between backticks; a name with a placeholder such as `{type}` is none. */
export function pathsIn(text: string): readonly string[] {
  return Array.from(text.matchAll(pathForm), ([, path = '']) => path).filter(
    (path) => !/[{}]/.test(path),
  );
}

/** Targets of links into this repository, without their anchors. */
export function linksIn(document: string): readonly string[] {
  return Array.from(readDocument(document).matchAll(linkForm), ([, target = '']) => target)
    .filter((target) => !/^(?:https?:|#)/.test(target))
    .map((target) => join(dirname(document), target.replace(/#.*$/, '')));
}

export function missing(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !existsSync(path));
}

/** The cells of the first table under a heading of any level, without its header. */
export function tableUnder(text: string, heading: string): readonly (readonly string[])[] {
  const section = text.split(new RegExp(`^#+ ${heading}$`, 'm'))[1] ?? '';
  const lines = section.split('\n');
  const start = lines.findIndex((line) => line.startsWith('|'));
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('|'));
  const rows = start < 0 ? [] : lines.slice(start + 2, end < 0 ? undefined : end);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
