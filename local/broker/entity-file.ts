import { readFileSync } from 'node:fs';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { Result } from '../../shared/kernel/result.ts';

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

function readText(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  } catch (cause) {
    const message = `${file}: the file cannot be read: give the path of an entity file`;
    throw new AppError('config.invalid', message, { kind: 'permanent', cause, details: { file } });
  }
}
