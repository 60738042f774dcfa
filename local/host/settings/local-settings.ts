import { readFile } from 'node:fs/promises';
import { errorText, HostStartError, type HostProblem } from './host-problem.ts';
import { isRecord, ownMember } from './json-shape.ts';

/** Settings by name, as an environment has them. */
export type SettingValues = Readonly<Record<string, string>>;

/**
 * Reads the `Values` of a file in the format of local.settings.json.
 *
 * Errors: `HostStartError` with every faulty value.
 */
export async function readLocalSettings(file: string): Promise<SettingValues> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new HostStartError([
      {
        where: file,
        key: 'file',
        problem: `cannot be read (${errorText(error)})`,
        remedy: 'Create it, or leave --settings away and use the environment',
      },
    ]);
  }
  return parseLocalSettings(file, text);
}

/** Parses the text of a local.settings.json. Errors: `HostStartError`. */
export function parseLocalSettings(file: string, text: string): SettingValues {
  const content = parseJson(file, text);
  const problems: HostProblem[] = [];
  if (ownMember(content, 'IsEncrypted') === true) {
    problems.push({
      where: file,
      key: 'IsEncrypted',
      problem: 'encrypted settings cannot be read here',
      remedy: 'Decrypt the file with "func settings decrypt"',
    });
  }
  const values = ownMember(content, 'Values') ?? {};
  const settings = new Map<string, string>();
  for (const [key, value] of isRecord(values) ? Object.entries(values) : []) {
    if (typeof value === 'string') settings.set(key, value);
    else problems.push(notText(file, `Values.${key}`, value));
  }
  if (!isRecord(values)) problems.push(notText(file, 'Values', values));
  if (problems.length > 0) throw new HostStartError(problems);
  return Object.fromEntries(settings);
}

/** Parses JSON of a file. Errors: `HostStartError` that names the file. */
export function parseJson(file: string, text: string): unknown {
  try {
    const content: unknown = JSON.parse(text);
    return content;
  } catch (error) {
    throw new HostStartError([
      {
        where: file,
        key: 'file',
        problem: `is not JSON (${errorText(error)})`,
        remedy: 'Correct it',
      },
    ]);
  }
}

function notText(where: string, key: string, value: unknown): HostProblem {
  const expected = key === 'Values' ? 'an object of texts' : 'text';
  return {
    where,
    key,
    problem: `is ${Array.isArray(value) ? 'a list' : typeof value}, not ${expected}`,
    remedy: 'Put the value in quotation marks',
  };
}
