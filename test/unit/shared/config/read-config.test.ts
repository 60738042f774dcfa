import { describe, expect, it } from 'vitest';
import type { Config } from '../../../../shared/config/config.ts';
import { developmentKeys } from '../../../../shared/config/production.ts';
import { fail, succeed } from '../../../../shared/kernel/result.ts';
import { describeProblems, type ConfigProblem } from '../../../../shared/config/problem.ts';
import { readConfig, type SettingChecks } from '../../../../shared/config/read-config.ts';
import { settings } from '../../../../shared/config/settings.ts';

const broker =
  'Endpoint=sb://Sales.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=s';
const storage = 'DefaultEndpointsProtocol=https;AccountName=sales;AccountKey=c2VjcmV0';
const development = {
  environment: 'development',
  EventHubs: broker,
  ServiceBus: broker,
  AzureWebJobsStorage: storage,
};
const production = {
  ...development,
  environment: 'production',
  payload_hash_key: Buffer.alloc(32, 1).toString('base64'),
  privacy_key: Buffer.alloc(32, 2).toString('base64'),
};

function configOf(env: Record<string, string>): Config {
  const result = readConfig(env);
  if (!result.ok) throw new Error(describeProblems(result.problem));
  return result.value;
}

function problemsOf(env: Record<string, string>, checks?: SettingChecks): readonly ConfigProblem[] {
  const result = readConfig(env, checks);
  return result.ok ? [] : result.problem;
}

describe('readConfig', () => {
  it('needs nothing but connections during development and has the defaults of the specification', () => {
    const config = configOf(development);
    expect(config.hubs).toEqual({
      partitions: 8,
      bronzeGroup: 'cg-data-bronze',
      rereadGroup: 'cg-data-reread',
      sagaGroup: 'cg-data-sagas',
    });
    expect(config.events).toEqual({
      profile: 'strict',
      maxSizeBytes: 256 * 1024,
      idempotencyKey: 'id',
      schemaRegistry: 'files',
    });
    expect(config.bus).toEqual({ requiresSessions: false, lock: 60_000 });
    expect(config.sagas.timeout).toBe(60 * 60 * 1000);
    expect(config.deadLetterRetention).toBe(14 * 24 * 60 * 60 * 1000);
  });

  it('is in production unless told otherwise, where keys of its own are required', () => {
    const keys = problemsOf({ ...development, environment: '' }).map(({ key }) => key);
    expect(keys).toEqual(['payload_hash_key', 'privacy_key']);
    expect(configOf(production).keys.privacy).toEqual(Buffer.alloc(32, 2));
  });

  it('refuses a development key in production even if it is given explicitly', () => {
    const payload_hash_key = developmentKeys.payloadHash.toString('base64');
    expect(problemsOf({ ...production, payload_hash_key })).toMatchObject([
      { key: 'payload_hash_key' },
    ]);
    expect(developmentKeys.payloadHash).toHaveLength(32);
    expect(developmentKeys.privacy).toHaveLength(32);
  });

  it('refuses connections without TLS and a forgetful strategy in production', () => {
    const env = {
      ...production,
      EventHubs: `${broker};UseDevelopmentEmulator=true`,
      AzureWebJobsStorage: 'UseDevelopmentStorage=true',
      BronzeStorage__blobServiceUri: 'http://plain.example',
      BronzeStorage__tableServiceUri: 'https://plain.example',
      idempotency_strategy: 'memory',
    };
    expect(problemsOf(env).map(({ key }) => key)).toEqual([
      'EventHubs',
      'AzureWebJobsStorage',
      'BronzeStorage',
      'idempotency_strategy',
    ]);
    expect(problemsOf({ ...env, environment: 'development' })).toEqual([]);
  });

  it('lists every problem at once with key, value and remedy', () => {
    const problems = problemsOf({
      environment: 'staging',
      max_event_size_kb: '1025',
      event_hub_partitions: '08x',
      delivery_guarantee: 'at-most-once',
      consumer_group_naming: 'cg-{team}',
      EventHubs: 'Endpoint=',
      StateStorage: 'AccountName=x',
    });
    const found = new Map(problems.map(({ key, value }) => [key, value]));
    expect(found).toEqual(
      new Map([
        ['environment', 'staging'],
        // An environment that is not understood counts as production.
        ['payload_hash_key', '(not set, or a development key)'],
        ['privacy_key', '(not set, or a development key)'],
        ['max_event_size_kb', '1025'],
        ['event_hub_partitions', '08x'],
        ['delivery_guarantee', 'at-most-once'],
        ['consumer_group_naming', 'cg-{team}'],
        ['EventHubs', '(not shown)'],
        ['ServiceBus', '(not set)'],
        ['AzureWebJobsStorage', '(not set)'],
        ['StateStorage', '(not shown)'],
      ]),
    );
    expect(problems.every(({ remedy }) => remedy.length > 0)).toBe(true);
  });

  it('refuses a value of every setting that has a form, under its own key', () => {
    for (const { key } of Object.values(settings)) {
      const env = { ...development, [key]: '\u0000 ../?' };
      const problems = problemsOf(env, { simulation: () => fail('use rules') });
      expect(
        problems.map((problem) => problem.key),
        key,
      ).toContain(key);
    }
  });

  it('never repeats a secret', () => {
    const secret = 'c2VjcmV0LXZhbHVl';
    const problems = problemsOf({
      payload_hash_key: secret,
      privacy_key: secret,
      EventHubs: `SharedAccessKey=${secret}`,
      ServiceBus: `Endpoint=sb://x.y/;EntityPath=q;SharedAccessKey=${secret}`,
      AzureWebJobsStorage: `AccountKey=${secret}`,
    });
    expect(problems).toHaveLength(5);
    expect(describeProblems(problems)).not.toContain(secret);
  });

  it.each(['id', 'hash', '/order_id', '/lines/0/a~1b'])(
    'takes the idempotency key field %s',
    (idempotency_key_field) => {
      const config = configOf({ ...development, idempotency_key_field });
      expect(config.events.idempotencyKey).toBe(idempotency_key_field);
    },
  );

  it('accepts choices in any letter case and keeps their own spelling', () => {
    const env = { ...development, primary_messaging_service: 'azure service bus' };
    expect(configOf(env).publishing.service).toBe('Azure Service Bus');
  });

  it('wants a lakehouse URL for OneLake and none for anything else', () => {
    const bronze_url = 'https://onelake.blob.fabric.microsoft.com/w/l.Lakehouse/';
    expect(problemsOf({ ...development, bronze_target: 'onelake' })).toMatchObject([
      { key: 'bronze_url', value: '(not set)' },
    ]);
    expect(problemsOf({ ...development, bronze_url })).toMatchObject([{ key: 'bronze_url' }]);
    const config = configOf({ ...development, bronze_target: 'onelake', bronze_url });
    expect(config.bronze.url).toBe('https://onelake.blob.fabric.microsoft.com/w/l.Lakehouse');
  });
});

describe('the rules of participant_simulation', () => {
  const simulated = { participant_simulation: '[{"behaviour":"silent"}]' };

  it('are kept as they are during development', () => {
    expect(configOf(development).sagas.simulation).toBeUndefined();
    const config = configOf({ ...development, ...simulated });
    expect(config.sagas.simulation).toBe('[{"behaviour":"silent"}]');
  });

  it('are refused in production', () => {
    expect(problemsOf({ ...production, ...simulated })).toEqual([
      {
        key: 'participant_simulation',
        value: '[{"behaviour":"silent"}]',
        remedy: expect.stringContaining('leave it out') as string,
      },
    ]);
  });

  it('are checked by those who use them, beside all other settings', () => {
    const env = { ...development, ...simulated, max_event_size_kb: '0' };
    const refusing = { simulation: (text: string) => fail(`use other rules than ${text}`) };
    expect(problemsOf(env, refusing)).toEqual([
      {
        key: 'participant_simulation',
        value: '[{"behaviour":"silent"}]',
        remedy: 'use other rules than [{"behaviour":"silent"}]',
      },
      expect.objectContaining({ key: 'max_event_size_kb' }),
    ]);
    expect(problemsOf({ ...development, ...simulated }, { simulation: succeed })).toEqual([]);
    expect(problemsOf(development, refusing)).toEqual([]);
  });
});

describe('the lifetimes', () => {
  it.each([
    ['event_retention_days', { event_retention_days: '45' }],
    ['dlq_retention_days', { dlq_retention_days: '31' }],
    ['service_bus_message_lifetime_days', { service_bus_message_lifetime_days: '31' }],
    ['idempotency_window_days', { idempotency_window_days: '45' }],
  ])('refuse a claim that does not outlive %s', (named, env) => {
    const problems = problemsOf({ ...development, ...env });
    expect(problems).toMatchObject([{ key: 'idempotency_claim_lifetime_days', value: '45' }]);
    expect(problems[0]?.remedy).toContain(named);
  });

  it('refuse a txn entry that expires before the claim', () => {
    expect(problemsOf({ ...development, txn_retention_days: '44' })).toMatchObject([
      { key: 'txn_retention_days', value: '44' },
    ]);
    expect(problemsOf({ ...development, txn_retention_days: '45' })).toEqual([]);
  });

  it('refuse a lease of more than a third of the lock', () => {
    expect(problemsOf({ ...development, inbox_lease_seconds: '21' })).toMatchObject([
      { key: 'inbox_lease_seconds', value: '21' },
    ]);
    expect(problemsOf({ ...development, service_bus_lock_seconds: '59' })).toMatchObject([
      { key: 'inbox_lease_seconds', value: '20' },
    ]);
  });
});
