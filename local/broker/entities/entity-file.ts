import { readFileSync } from 'node:fs';
import { AppError } from '../../../shared/kernel/app-error.ts';
import { fail, succeed, type Result } from '../../../shared/kernel/result.ts';
import { ProblemList, SettingReader } from './setting-reader.ts';

/**
 * Reads the text of an entity file in the format of Microsoft's emulators. Problems: all of them,
 * each naming the file, the key, the value and what to write instead.
 */
export type EntityParser<Entities> = (
  text: string,
  file: string,
) => Result<Entities, readonly string[]>;

/**
 * Reads the entities from a file.
 * Errors: `config.invalid` when the file cannot be read or lists what cannot be.
 */
export function loadEntities<Entities>(file: string, parse: EntityParser<Entities>): Entities {
  const entities = parse(readText(file), file);
  if (entities.ok) return entities.value;
  throw new AppError('config.invalid', entities.problem.join('\n'), {
    kind: 'permanent',
    details: { file, problems: entities.problem.length },
  });
}

/** Reads the text of an entity file setting by setting; the reader collects what is wrong. */
export function parseSettings<Entities>(
  text: string,
  file: string,
  read: (root: SettingReader) => Entities,
): Result<Entities, readonly string[]> {
  const problems = new ProblemList(file);
  const json = parseJson(text, problems);
  if (problems.all.length > 0) return fail(problems.all);
  const entities = read(new SettingReader(json, { path: '', problems }));
  return problems.all.length > 0 ? fail(problems.all) : succeed(entities);
}

function parseJson(text: string, problems: ProblemList): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    problems.add('the content', text, `write JSON (${detail})`);
    return undefined;
  }
}

function readText(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  } catch (cause) {
    const message = `${file}: the file cannot be read: give the path of an entity file`;
    throw new AppError('config.invalid', message, { kind: 'permanent', cause, details: { file } });
  }
}
