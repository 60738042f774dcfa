import { textOf, type ConfigProblem, type Environment } from './problem.ts';

const offsetPath = ['extensions', 'eventHubs', 'initialOffsetOptions', 'type'];
const checkpointPath = ['extensions', 'eventHubs', 'batchCheckpointFrequency'];

/**
 * Problems of host.json (and of the app settings that override it) which would break a promise: a
 * consumer that does not begin at the start of a hub passes events that no plan has covered.
 */
export function checkHostSettings(hostJson: string, env: Environment): readonly ConfigProblem[] {
  const host = parseObject(hostJson);
  if (host === undefined) {
    return [{ key: 'host.json', value: '(not a JSON object)', remedy: 'repair the file' }];
  }
  return [
    ...checkSetting(settingAt(host, env, offsetPath), {
      path: offsetPath,
      accepted: 'fromStart',
      remedy: 'use fromStart: any other start passes events without a verdict',
    }),
    ...checkSetting(settingAt(host, env, checkpointPath), {
      path: checkpointPath,
      accepted: '1',
      remedy: 'use 1: a shutdown between two checkpoints would skip events of a failed batch',
    }),
  ];
}

interface Rule {
  readonly path: readonly string[];
  readonly accepted: string;
  readonly remedy: string;
}

function checkSetting(value: unknown, rule: Rule): readonly ConfigProblem[] {
  const found = typeof value === 'string' ? value : JSON.stringify(value);
  if (value === undefined || found.toLowerCase() === rule.accepted.toLowerCase()) return [];
  return [{ key: `host.json ${rule.path.join('.')}`, value: found, remedy: rule.remedy }];
}

/** An app setting `AzureFunctionsJobHost__a__b` overrides `a.b` of host.json. */
function settingAt(host: object, env: Environment, path: readonly string[]): unknown {
  const override = ['AzureFunctionsJobHost', ...path].join('__').toLowerCase();
  const key = Object.keys(env).find(
    (name) => name.toLowerCase().replaceAll(':', '__') === override,
  );
  const text = key === undefined ? undefined : textOf(env, key);
  return text ?? path.reduce<unknown>((value, name) => memberOf(value, name), host);
}

/** Member names of host.json are read in any letter case, as the host does. */
function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const wanted = name.toLowerCase();
  return Object.entries(value).find(([key]) => key.toLowerCase() === wanted)?.[1];
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
