import { fail, succeed, type Result } from '../../../shared/kernel/result.ts';

/** A hub as the configuration declares it. */
export interface HubDefinition {
  readonly name: string;
  readonly partitionCount: number;
  /** Without `$default`, which every hub has. */
  readonly consumerGroups: readonly string[];
}

const limits = { hubs: 10, partitions: 32, consumerGroups: 20 };

const entitiesPath = ['UserConfig', 'NamespaceConfig', 0, 'Entities'];
const namespaceKey = 'UserConfig.NamespaceConfig[0]';
const namePattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,254}[A-Za-z0-9])?$/;

interface EntityProblem {
  /** The path to the value, such as `UserConfig.NamespaceConfig[0].Entities[1].PartitionCount`. */
  readonly key: string;
  readonly value: unknown;
  /** What to write instead. */
  readonly remedy: string;
}

/**
 * Reads the hubs from the configuration file of Microsoft's Event Hubs emulator, within its limits.
 * Problems: all of them, each with file, key, value and remedy.
 * Source: github.com/Azure/azure-event-hubs-emulator-installer, Config-Schema.json.
 */
export function parseHubs(
  text: string,
  file: string,
): Result<readonly HubDefinition[], readonly string[]> {
  const problems: EntityProblem[] = [];
  const entities = itemsAt(parseJson(text, problems), entitiesPath);
  if (
    problems.length === 0 &&
    (entities === undefined || !isWithin(entities.length, limits.hubs))
  ) {
    problems.push({
      key: `${namespaceKey}.Entities`,
      value: entities,
      remedy: `list 1 to ${limits.hubs} hubs, each with Name, PartitionCount and ConsumerGroups`,
    });
  }
  const hubs = (entities ?? []).map((entity, index) =>
    parseHub(entity, `${namespaceKey}.Entities[${index}]`, problems),
  );
  for (const name of findDoubles(hubs.map((hub) => hub.name))) {
    problems.push({ key: `${namespaceKey}.Entities`, value: name, remedy: 'name each hub once' });
  }
  if (problems.length === 0) return succeed(hubs);
  return fail(problems.map((problem) => describeProblem(file, problem)));
}

function parseJson(text: string, problems: EntityProblem[]): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    problems.push({ key: 'the content', value: text, remedy: `write JSON (${detail})` });
    return undefined;
  }
}

function parseHub(entity: unknown, key: string, problems: EntityProblem[]): HubDefinition {
  return {
    name: parseName(valueAt(entity, ['Name']), `${key}.Name`, problems),
    partitionCount: parsePartitionCount(
      valueAt(entity, ['PartitionCount']),
      `${key}.PartitionCount`,
      problems,
    ),
    consumerGroups: parseGroups(entity, `${key}.ConsumerGroups`, problems),
  };
}

function parseName(value: unknown, key: string, problems: EntityProblem[]): string {
  if (typeof value === 'string' && namePattern.test(value)) return value;
  problems.push({
    key,
    value,
    remedy: 'use 1 to 256 letters, digits, ".", "-" or "_", with a letter or digit at both ends',
  });
  return '';
}

function parsePartitionCount(value: unknown, key: string, problems: EntityProblem[]): number {
  const count = typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : value;
  if (typeof count === 'number' && isWithin(count, limits.partitions)) return count;
  problems.push({
    key,
    value,
    remedy: `write a whole number from 1 to ${limits.partitions} as text, such as "8"`,
  });
  return 1;
}

function parseGroups(entity: unknown, key: string, problems: EntityProblem[]): readonly string[] {
  const value = valueAt(entity, ['ConsumerGroups']);
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > limits.consumerGroups) {
    const remedy = `list at most ${limits.consumerGroups} groups, each with a Name, or leave it out`;
    problems.push({ key, value, remedy });
    return [];
  }
  return value.flatMap((group: unknown, index) => {
    const name = valueAt(group, ['Name']);
    if (name !== '$default') return [parseName(name, `${key}[${index}].Name`, problems)];
    problems.push({
      key: `${key}[${index}].Name`,
      value: name,
      remedy: 'leave it out: every hub has this group',
    });
    return [];
  });
}

function itemsAt(
  json: unknown,
  path: readonly (string | number)[],
): readonly unknown[] | undefined {
  const value = valueAt(json, path);
  return Array.isArray(value) ? value : undefined;
}

/** The value at a path of own properties, or undefined. */
function valueAt(json: unknown, path: readonly (string | number)[]): unknown {
  let value = json;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

function findDoubles(names: readonly string[]): readonly string[] {
  const lower = names.map((name) => name.toLowerCase());
  return names.filter((name, index) => name !== '' && lower.indexOf(name.toLowerCase()) < index);
}

function isWithin(count: number, max: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= max;
}

function describeProblem(file: string, problem: EntityProblem): string {
  const text = JSON.stringify(problem.value ?? null);
  const shown = text.length > 80 ? `${text.slice(0, 80)}...` : text;
  const value = problem.value === undefined ? 'is missing' : `is ${shown}`;
  return `${file}: ${problem.key} ${value}: ${problem.remedy}`;
}
