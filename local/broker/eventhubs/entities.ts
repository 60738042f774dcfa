import type { Result } from '../../../shared/kernel/result.ts';
import { parseSettings } from '../entities/entity-file.ts';
import type { SettingReader } from '../entities/setting-reader.ts';

/** A hub as the configuration declares it. */
export interface HubDefinition {
  readonly name: string;
  readonly partitionCount: number;
  /** Without `$default`, which every hub has. */
  readonly consumerGroups: readonly string[];
}

const limits = { hubs: 10, partitions: 32, consumerGroups: 20 };

const namePattern = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,254}[A-Za-z0-9])?$/;
const nameRemedy =
  'use 1 to 256 letters, digits, ".", "-" or "_", with a letter or digit at both ends';

/**
 * Reads the hubs from the configuration file of Microsoft's Event Hubs emulator, within its limits.
 * Problems: all of them, each with file, key, value and remedy.
 * Source: github.com/Azure/azure-event-hubs-emulator-installer, Config-Schema.json.
 */
export function parseHubs(
  text: string,
  file: string,
): Result<readonly HubDefinition[], readonly string[]> {
  return parseSettings(text, file, readHubs);
}

function readHubs(root: SettingReader): readonly HubDefinition[] {
  const config = root.object('UserConfig').allow(['NamespaceConfig', 'LoggingConfig']);
  const [namespace, ...others] = config.list('NamespaceConfig', 1);
  if (namespace === undefined || others.length > 0) {
    config.report('NamespaceConfig', 'write exactly one namespace');
    return [];
  }
  const hubs = namespace.allow(['Type', 'Name', 'Entities']).list('Entities', limits.hubs);
  if (hubs.length === 0) {
    namespace.report('Entities', 'list the hubs, each with Name, PartitionCount, ConsumerGroups');
  }
  requireDistinct(hubs);
  return hubs.map(readHub);
}

function readHub(hub: SettingReader): HubDefinition {
  const groups = hub
    .allow(['Name', 'PartitionCount', 'ConsumerGroups'])
    .list('ConsumerGroups', limits.consumerGroups);
  requireDistinct(groups);
  return {
    name: readName(hub),
    partitionCount: readPartitionCount(hub),
    consumerGroups: groups.map(readGroup),
  };
}

function readName(entity: SettingReader): string {
  const name = entity.requiredText('Name');
  if (typeof entity.value('Name') === 'string' && !namePattern.test(name)) {
    entity.report('Name', nameRemedy);
  }
  return name;
}

function readGroup(group: SettingReader): string {
  if (nameOf(group) !== '$default') return readName(group.allow(['Name']));
  group.report('Name', 'leave it out: every hub has this group');
  return '';
}

/** The emulator writes the number as text. */
function readPartitionCount(hub: SettingReader): number {
  const value = hub.value('PartitionCount');
  const count = typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : value;
  if (isPartitionCount(count)) return count;
  const remedy = `write a whole number from 1 to ${limits.partitions} as text, such as "8"`;
  hub.report('PartitionCount', remedy);
  return 1;
}

function isPartitionCount(count: unknown): count is number {
  return (
    typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= limits.partitions
  );
}

function requireDistinct(entities: readonly SettingReader[]): void {
  const seen = new Set<string>();
  for (const entity of entities) {
    const name = nameOf(entity);
    if (name !== undefined && seen.has(name)) {
      entity.report('Name', 'choose another name, this one is taken');
    }
    if (name !== undefined) seen.add(name);
  }
}

/** Names differ only if they do so without regard to case. */
function nameOf(entity: SettingReader): string | undefined {
  const name = entity.value('Name');
  return typeof name === 'string' ? name.toLowerCase() : undefined;
}
