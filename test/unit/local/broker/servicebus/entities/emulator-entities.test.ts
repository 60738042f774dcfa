import { describe, expect, it } from 'vitest';
import { parseServiceBusEntities } from '../../../../../../local/broker/servicebus/entities/emulator-entities.ts';
import type { NamespaceDefinition } from '../../../../../../local/broker/servicebus/entities/entity-definitions.ts';

const file = 'sb.json';
const key = 'UserConfig.Namespaces[0]';

function parse(namespace: unknown) {
  return parseServiceBusEntities(
    JSON.stringify({ UserConfig: { Namespaces: [namespace], Logging: { Type: 'File' } } }),
    file,
  );
}

function read(entities: object): NamespaceDefinition {
  const result = parse({ Name: 'sbemulatorns', ...entities });
  if (!result.ok) throw new Error(result.problem.join('\n'));
  return result.value;
}

function problemsOf(entities: object): readonly string[] {
  const result = parse({ Name: 'sbemulatorns', ...entities });
  return result.ok ? [] : result.problem;
}

describe('The configuration file of the emulator', () => {
  it('gives a queue that says nothing the defaults of the emulator', () => {
    expect(read({ Queues: [{ Name: 'q' }] }).queues).toEqual([
      {
        name: 'q',
        settings: {
          lockDuration: 60_000,
          maxDeliveryCount: 3,
          defaultTimeToLive: 3_600_000,
          deadLetteringOnMessageExpiration: false,
          requiresSession: false,
          duplicateDetectionWindow: undefined,
        },
        forwardTo: undefined,
        forwardDeadLetteredMessagesTo: undefined,
      },
    ]);
  });

  it('reads every property of a queue, and an empty forward name as none', () => {
    const [queue] = read({
      Queues: [
        {
          Name: 'q',
          Properties: {
            DeadLetteringOnMessageExpiration: true,
            DefaultMessageTimeToLive: 'PT5M',
            DuplicateDetectionHistoryTimeWindow: 'PT30S',
            ForwardDeadLetteredMessagesTo: 'other',
            ForwardTo: '',
            LockDuration: 'PT0.2S',
            MaxDeliveryCount: 10,
            RequiresDuplicateDetection: true,
            RequiresSession: true,
          },
        },
        { Name: 'other' },
      ],
    }).queues;
    expect(queue).toMatchObject({
      settings: {
        lockDuration: 200,
        maxDeliveryCount: 10,
        defaultTimeToLive: 300_000,
        deadLetteringOnMessageExpiration: true,
        requiresSession: true,
        duplicateDetectionWindow: 30_000,
      },
      forwardTo: undefined,
      forwardDeadLetteredMessagesTo: 'other',
    });
  });

  it('reads topics with subscriptions and rules; without rules everything is selected', () => {
    const [topic] = read({
      Topics: [
        {
          Name: 't',
          Properties: { RequiresDuplicateDetection: true },
          Subscriptions: [
            { Name: 'all' },
            {
              Name: 'some',
              Rules: [
                {
                  Name: 'sql',
                  Properties: {
                    FilterType: 'Sql',
                    SqlFilter: { SqlExpression: 'a = 1' },
                    Action: { SqlExpression: 'SET b = 2' },
                  },
                },
                {
                  Name: 'correlation',
                  Properties: {
                    FilterType: 'Correlation',
                    CorrelationFilter: {
                      Label: 'l',
                      Properties: { n: 1, f: 1.5, s: 'x', b: true },
                    },
                  },
                },
              ],
            },
          ],
        },
      ],
    }).topics;
    expect(topic?.settings.duplicateDetectionWindow).toBe(20_000);
    const [all, some] = topic?.subscriptions ?? [];
    expect(all?.rules).toEqual([{ name: '$Default', filter: { type: 'true' }, action: undefined }]);
    expect(some?.rules).toMatchObject([
      {
        name: 'sql',
        filter: { type: 'sql', expression: 'a = 1' },
        action: { expression: 'SET b = 2' },
      },
      {
        name: 'correlation',
        filter: {
          type: 'correlation',
          correlation: {
            system: { subject: 'l' },
            properties: new Map<string, unknown>([
              ['n', 1n],
              ['f', 1.5],
              ['s', 'x'],
              ['b', true],
            ]),
          },
        },
      },
    ]);
  });

  it.each([
    [
      { Queues: [{ Name: 'q', Properties: { LockDuration: 'PT6M' } }] },
      `${key}.Queues[0].Properties.LockDuration is "PT6M": write an ISO 8601 duration of at most 5 minutes, such as PT1M`,
    ],
    [
      { Queues: [{ Name: 'q', Properties: { DefaultMessageTimeToLive: 60 } }] },
      `${key}.Queues[0].Properties.DefaultMessageTimeToLive is 60: write an ISO 8601 duration longer than nothing, such as PT20S or PT1H`,
    ],
    [
      { Queues: [{ Name: 'q', Properties: { MaxDeliveryCount: 0 } }] },
      `${key}.Queues[0].Properties.MaxDeliveryCount is 0: write an integer from 1 to 2000`,
    ],
    [
      { Queues: [{ Name: 'q', Properties: { RequiresSession: 'yes' } }] },
      `${key}.Queues[0].Properties.RequiresSession is "yes": write true or false`,
    ],
    [
      { Queues: [{ Name: 'q', Properties: { ForwardTo: 'nowhere' } }] },
      `${key}.Queues[0].Properties.ForwardTo is "nowhere": name a queue or topic of this file`,
    ],
    [
      { Queues: [{ Name: 'q', Properties: { ForwardTo: 'Q', RequiresSession: true } }] },
      `${key}.Queues[0].Properties.ForwardTo is "Q": remove it or RequiresSession: an entity with sessions cannot forward`,
    ],
    [
      { Queues: [{ Name: '-q-' }] },
      `${key}.Queues[0].Name is "-q-": write letters, digits and - _ . / with a letter or digit at both ends`,
    ],
    [{ Queues: [{}] }, `${key}.Queues[0].Name is missing: write a JSON string`],
    [{ Queues: {} }, `${key}.Queues is {}: write a JSON array`],
    [{ Queues: [null] }, `${key}.Queues[0] is null: write a JSON object`],
    [
      { Queues: [{ Name: 'a' }], Topics: [{ Name: 'A' }] },
      `${key}.Topics[0].Name is "A": choose another name, this one is taken`,
    ],
    [
      {
        Topics: [
          { Name: 't', Subscriptions: [{ Name: 's', Properties: { RequiresSessions: 1 } }] },
        ],
      },
      `${key}.Topics[0].Subscriptions[0].Properties.RequiresSessions is 1: remove it; known here: DeadLetteringOnMessageExpiration, DefaultMessageTimeToLive, LockDuration, MaxDeliveryCount, RequiresSession, ForwardTo, ForwardDeadLetteredMessagesTo`,
    ],
  ])('says what is wrong with %j', (entities, problem) => {
    expect(problemsOf(entities)).toContain(`${file}: ${problem}`);
  });

  it('says what is wrong with a rule, down to the position', () => {
    const rule = (Properties: object) => ({
      Topics: [{ Name: 't', Subscriptions: [{ Name: 's', Rules: [{ Name: 'r', Properties }] }] }],
    });
    const place = `${file}: ${key}.Topics[0].Subscriptions[0].Rules[0].Properties`;
    expect(
      problemsOf(rule({ FilterType: 'Sql', SqlFilter: { SqlExpression: 'a = = 1' } })),
    ).toEqual([
      `${place}.SqlFilter.SqlExpression is "a = = 1": expected the name of a property, found "=" at position 5`,
    ]);
    expect(problemsOf(rule({ FilterType: 'True' }))).toEqual([
      `${place}.FilterType is "True": write "Sql" or "Correlation"`,
    ]);
    expect(problemsOf(rule({ FilterType: 'Correlation', CorrelationFilter: {} }))).toEqual([
      `${place}.CorrelationFilter is {}: a correlation filter needs a condition`,
    ]);
    expect(
      problemsOf(rule({ FilterType: 'Correlation', CorrelationFilter: { Properties: { a: [] } } })),
    ).toContain(
      `${place}.CorrelationFilter.Properties is {"a":[]}: give "a" a string, a number, true, false or null`,
    );
  });

  it('reports everything at once, each thing once', () => {
    const problems = problemsOf({
      Queues: [{ Name: 'q', Properties: { LockDuration: 'x', MaxDeliveryCount: 'y' } }],
      Topics: [{ Name: 't', Subscriptions: 'none' }],
    });
    expect(problems).toHaveLength(3);
    expect(new Set(problems).size).toBe(3);
  });

  it.each([
    ['{', 'the content is "{": write JSON'],
    ['[]', 'the content is []: write a JSON object'],
    ['{}', 'UserConfig is missing: write a JSON object'],
    ['{"UserConfig":{}}', 'UserConfig.Namespaces is missing: write exactly one namespace'],
  ])('refuses the content %s', (text, problem) => {
    const result = parseServiceBusEntities(text, file);
    expect(result.ok ? '' : result.problem.join('\n')).toContain(`${file}: ${problem}`);
  });
});
