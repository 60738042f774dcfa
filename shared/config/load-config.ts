import { AppError } from '../kernel/app-error.ts';
import type { Config } from './config.ts';
import { checkHostSettings } from './host-settings.ts';
import { describeProblems, textOf } from './problem.ts';
import { readConfig, type SettingChecks } from './read-config.ts';
import { settings } from './settings.ts';

/** An `import` of it also loads `node:fs/promises`: 3 ms, a fifth of a cold start. */
const { readFileSync } = process.getBuiltinModule('node:fs');

/**
 * The configuration of this process: its environment and the `host.json` of its folder. The checks
 * are of settings that mean something to the application alone; they are loaded when one is given.
 * Errors: `config.invalid` (permanent); its message lists every problem.
 */
export async function loadConfig(
  appFolder: string,
  loadChecks: () => Promise<SettingChecks>,
): Promise<Config> {
  const hostJson = readFileSync(`${appFolder}/host.json`, 'utf8');
  const hostProblems = checkHostSettings(hostJson, process.env);
  const isChecked = textOf(process.env, settings.participantSimulation.key) !== undefined;
  const config = readConfig(process.env, isChecked ? await loadChecks() : {});
  if (config.ok && hostProblems.length === 0) return config.value;
  const problems = [...(config.ok ? [] : config.problem), ...hostProblems];
  throw new AppError('config.invalid', describeProblems(problems), {
    kind: 'permanent',
    details: { problems: problems.length },
  });
}
