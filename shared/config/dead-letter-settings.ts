import { fail, succeed, type Result } from '../kernel/result.ts';
import { choice, custom, matching, secretText, wholeNumber } from './setting.ts';

/** Whose dead letters are taken in, how they are measured, and who is told. */
export const deadLetterSettings = {
  deadLetterEntities: custom<readonly string[] | undefined>('dead_letter_entities', {
    defaultText: '',
    fallback: undefined,
    parse: parseEntities,
    meaning:
      'Queues and subscriptions (`topic/Subscriptions/name`) whose dead-letter queues are ingested, separated by commas. Default: all that this application reads.',
  }),
  eventGridDeadLetterPath: matching('event_grid_dead_letter_path', {
    pattern: /^[a-z0-9](-?[a-z0-9]){2,62}\/[^?#]{1,900}$/,
    form: 'a container and a pattern of blob names, such as deadletter/{name}',
    default: 'deadletter/{name}',
    meaning: 'Where Event Grid puts dead letters, in the account of `AzureWebJobsStorage`.',
  }),
  eventGridDeadLetterSource: choice('event_grid_dead_letter_source', {
    values: ['LogsAndContainerScan', 'EventGrid'],
    default: 'LogsAndContainerScan',
    meaning:
      'How new blobs of Event Grid are noticed. A Flex Consumption plan needs `EventGrid`, with a subscription to the events of the container.',
  }),
  deadLetterSchedule: matching('dead_letter_schedule', {
    pattern: /^\S+( \S+){5}$/,
    form: 'an NCRONTAB expression of six fields, seconds first',
    default: '0 */5 * * * *',
    meaning: 'When dead letters are measured and alerts raised, escalated, resolved and delivered.',
  }),
  deadLetterAlertDepth: wholeNumber('dead_letter_alert_depth', {
    min: 0,
    max: 1_000_000,
    default: 0,
    meaning: 'More open dead letters than this alert data engineering.',
  }),
  deadLetterAlertHourly: wholeNumber('dead_letter_alert_hourly', {
    min: 1,
    max: 1_000_000,
    default: 100,
    meaning: 'More dead letters than this within an hour alert the on-call engineer.',
  }),
  deadLetterAlertAgeHours: wholeNumber('dead_letter_alert_age_hours', {
    min: 1,
    max: 8_760,
    default: 24,
    meaning: 'A dead letter that is open for more hours than this alerts the data steward.',
  }),
  deadLetterAlertGrowth: wholeNumber('dead_letter_alert_growth', {
    min: 2,
    max: 100_000,
    default: 10,
    meaning:
      'More dead letters within an hour than so many times the normal rate, of all or of one origin, type or category, ask for an investigation.',
  }),
  deadLetterNormalWeeks: wholeNumber('dead_letter_normal_weeks', {
    min: 1,
    max: 26,
    default: 4,
    meaning:
      'The normal rate is the median of the same hour of the week over so many weeks before.',
  }),
  deadLetterNormalFloor: wholeNumber('dead_letter_normal_floor', {
    min: 1,
    max: 1_000_000,
    default: 5,
    meaning:
      'The normal rate is at least this, so that a type that is usually quiet may have a few.',
  }),
  deadLetterReaderRole: role('dead_letter_reader_role', {
    default: 'DeadLetters.Read',
    meaning: 'Role that a signed-in person needs to list, show and export dead letters.',
  }),
  deadLetterOperatorRole: role('dead_letter_operator_role', {
    default: 'DeadLetters.Operate',
    meaning:
      'Role that a signed-in person needs to replay, edit, discard, restore and note dead letters; it may read them, too.',
  }),
  deadLetterReplayTargets: custom<ReadonlyMap<string, string>>('dead_letter_replay_targets', {
    defaultText: '',
    fallback: new Map(),
    parse: parseTargets,
    meaning:
      'Queues for the replays of consumers that cannot be reached alone, such as subscriptions of others: `origin=queue`, separated by commas.',
  }),
  alertWebhookDataEngineering: webhook('data_engineering', 'data engineering'),
  alertWebhookOnCall: webhook('on_call', 'the on-call engineer'),
  alertWebhookDataSteward: webhook('data_steward', 'the data steward'),
  alertWebhookInvestigation: webhook('investigation', 'who investigates growth'),
} as const;

function role(key: string, description: { readonly default: string; readonly meaning: string }) {
  return matching(key, {
    ...description,
    // The value of an app role of Entra ID.
    pattern: /^[^\s.]\S{0,119}$/,
    form: 'the value of an app role: at most 120 characters, no blank, no "." in front',
  });
}

function webhook(role: string, person: string) {
  return secretText(`alert_webhook_${role}`, {
    parse: parseWebhook,
    meaning: `Webhook of Teams or Logic Apps for alerts to ${person}. Without one they go to the log.`,
  });
}

const queueName = /^[A-Za-z0-9][\w./-]{0,259}$/;

function parseTargets(text: string): Result<ReadonlyMap<string, string>, string> {
  const entries = text.split(',').map((entry) => entry.trim());
  const targets = new Map<string, string>();
  for (const entry of entries) {
    const [, origin = '', queue = ''] = /^([^=]+)=([^=]+)$/.exec(entry) ?? [];
    if (!queueName.test(queue.trim()) || origin.trim() === '') {
      return fail(`use origin=queue, separated by commas, without "${entry}"`);
    }
    targets.set(origin.trim(), queue.trim());
  }
  return succeed(targets);
}

function parseWebhook(text: string): Result<string, string> {
  return URL.canParse(text) && /^https?:\/\//.test(text)
    ? succeed(text)
    : fail('use the https URL of a webhook');
}

const entityPath = /^[A-Za-z0-9][\w./-]{0,259}$/;

function parseEntities(text: string): Result<readonly string[], string> {
  const paths = [...new Set(text.split(',').map((path) => path.trim()))];
  const wrong = paths.find((path) => !entityPath.test(path));
  return wrong === undefined
    ? succeed(paths)
    : fail(`use names of queues and topic/Subscriptions/name, without "${wrong}"`);
}
