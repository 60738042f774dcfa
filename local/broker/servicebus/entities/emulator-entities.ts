import type { Result } from '../../../../shared/kernel/result.ts';
import type {
  NamespaceDefinition,
  QueueDefinition,
  SubscriptionDefinition,
  TopicDefinition,
} from './entity-definitions.ts';
import {
  readForwarding,
  readQueueSettings,
  readSubscriptionSettings,
  readTopicSettings,
} from './entity-settings.ts';
import { readRules } from './rule-settings.ts';
import { parseSettings } from '../../entities/entity-file.ts';
import type { SettingReader } from '../../entities/setting-reader.ts';

const maxEntities = 50;
const maxSubscriptions = 50;
const namePattern = /^[A-Za-z0-9](?:[\w\-./]*[A-Za-z0-9])?$/;
const nameRemedy = 'write letters, digits and - _ . / with a letter or digit at both ends';

/**
 * Reads the entities from the configuration file of Microsoft's Service Bus emulator.
 * Problems: all of them, each with the file, the key, the value and what to write instead.
 * Source: github.com/Azure/azure-service-bus-emulator-installer, Config-schema.json.
 */
export function parseServiceBusEntities(
  text: string,
  file: string,
): Result<NamespaceDefinition, readonly string[]> {
  return parseSettings(text, file, readNamespace);
}

function readNamespace(root: SettingReader): NamespaceDefinition {
  if (!root.has('UserConfig')) root.report('UserConfig', 'write a JSON object');
  const config = root.object('UserConfig').allow(['Namespaces', 'Logging']);
  const [namespace, ...others] = config.list('Namespaces', 1);
  if (namespace === undefined || others.length > 0) {
    config.report('Namespaces', 'write exactly one namespace');
    return { queues: [], topics: [] };
  }
  namespace.allow(['Name', 'Queues', 'Topics']).requiredText('Name');
  const queues = namespace.list('Queues', maxEntities);
  const topics = namespace.list('Topics', maxEntities);
  if (queues.length + topics.length > maxEntities) {
    namespace.report('Topics', `at most ${maxEntities} queues and topics are possible`);
  }
  requireDistinct([...queues, ...topics]);
  checkForwarding({ queues, topics });
  return { queues: queues.map(readQueue), topics: topics.map(readTopic) };
}

function readQueue(queue: SettingReader): QueueDefinition {
  const name = readName(queue.allow(['Name', 'Properties']));
  const properties = queue.object('Properties');
  return { name, settings: readQueueSettings(properties), ...readForwarding(properties) };
}

function readTopic(topic: SettingReader): TopicDefinition {
  const name = readName(topic.allow(['Name', 'Properties', 'Subscriptions']));
  const settings = readTopicSettings(topic.object('Properties'));
  const subscriptions = topic.list('Subscriptions', maxSubscriptions);
  requireDistinct(subscriptions);
  return { name, settings, subscriptions: subscriptions.map(readSubscription) };
}

function readSubscription(subscription: SettingReader): SubscriptionDefinition {
  const name = readName(subscription.allow(['Name', 'Properties', 'Rules']));
  const properties = subscription.object('Properties');
  const settings = readSubscriptionSettings(properties);
  return { name, settings, ...readForwarding(properties), rules: readRules(subscription) };
}

function readName(entity: SettingReader): string {
  const name = entity.requiredText('Name');
  if (entity.has('Name') && !namePattern.test(name)) entity.report('Name', nameRemedy);
  return name;
}

function requireDistinct(entities: readonly SettingReader[]): void {
  const seen = new Set<string>();
  for (const entity of entities) {
    const name = nameOf(entity);
    if (seen.has(name)) entity.report('Name', 'choose another name, this one is taken');
    seen.add(name);
  }
}

/** A target must exist, and Service Bus forwards nothing from an entity with sessions. */
function checkForwarding(entities: {
  readonly queues: readonly SettingReader[];
  readonly topics: readonly SettingReader[];
}): void {
  const { queues, topics } = entities;
  const targets = new Set([...queues, ...topics].map(nameOf));
  const subscriptions = topics.flatMap((topic) => topic.list('Subscriptions', maxSubscriptions));
  for (const entity of [...queues, ...subscriptions]) {
    const properties = entity.object('Properties');
    checkTarget(properties, 'ForwardTo', targets);
    checkTarget(properties, 'ForwardDeadLetteredMessagesTo', targets);
  }
}

/** Names differ only if they do so without regard to case. */
function nameOf(entity: SettingReader): string {
  return entity.text('Name')?.toLowerCase() ?? '';
}

function checkTarget(properties: SettingReader, key: string, targets: ReadonlySet<string>): void {
  const target = properties.value(key);
  if (typeof target !== 'string' || target === '') return;
  if (!targets.has(target.toLowerCase())) {
    properties.report(key, 'name a queue or topic of this file');
  } else if (key === 'ForwardTo' && properties.value('RequiresSession') === true) {
    properties.report(key, 'remove it or RequiresSession: an entity with sessions cannot forward');
  }
}
