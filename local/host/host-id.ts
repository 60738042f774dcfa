import { createHash } from 'node:crypto';
import type { Settings } from './settings/settings.ts';

/**
 * The name under which all hosts of an app share state and locks: the setting
 * `AzureFunctionsWebHost__hostid`, or one made from the app's name.
 *
 * At most 32 characters of `a-z`, `0-9` and `-`, as the real host asks for.
 */
export function createHostId(settings: Settings, appName: string): string {
  const configured = settings.get('AzureFunctionsWebHost__hostid');
  if (configured !== undefined && /^[a-z0-9](?:-?[a-z0-9]){0,31}$/.test(configured)) {
    return configured.slice(0, 32);
  }
  const readable = appName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const digest = createHash('sha256').update(appName).digest('hex').slice(0, 8);
  return `${readable.slice(-23)}-${digest}`.replace(/^-+/, '');
}
