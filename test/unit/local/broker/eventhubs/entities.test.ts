import { describe, expect, it } from 'vitest';
import { parseHubs } from '../../../../../local/broker/eventhubs/entities.ts';

function fileOf(entities: unknown): string {
  return JSON.stringify({ UserConfig: { NamespaceConfig: [{ Name: 'ns', Entities: entities }] } });
}

function problemsOf(text: string): readonly string[] {
  const hubs = parseHubs(text, 'hubs.json');
  return hubs.ok ? [] : hubs.problem;
}

const hub = { Name: 'events', PartitionCount: '8', ConsumerGroups: [{ Name: 'cg-a' }] };
const key = 'hubs.json: UserConfig.NamespaceConfig[0].Entities';

describe('The entity file of Event Hubs', () => {
  it('lists hubs with the partitions and groups of the emulator format', () => {
    const second = { Name: 'bronze-landing', PartitionCount: 4 };
    expect(parseHubs(fileOf([hub, second]), 'hubs.json')).toEqual({
      ok: true,
      value: [
        { name: 'events', partitionCount: 8, consumerGroups: ['cg-a'] },
        { name: 'bronze-landing', partitionCount: 4, consumerGroups: [] },
      ],
    });
  });

  it.each([
    ['0', 'is "0"'],
    ['33', 'is "33"'],
    ['8.5', 'is "8.5"'],
    [8.5, 'is 8.5'],
    [undefined, 'is missing'],
    [['8'], 'is ["8"]'],
  ])('refuses the partition count %j', (count, shown) => {
    expect(problemsOf(fileOf([{ ...hub, PartitionCount: count }]))).toEqual([
      `${key}[0].PartitionCount ${shown}: write a whole number from 1 to 32 as text, such as "8"`,
    ]);
  });

  it.each(['', '../events', 'a/b', '-a', 'a b', '__proto__', 7])('refuses the name %j', (name) => {
    expect(problemsOf(fileOf([{ ...hub, Name: name }]))).toEqual([
      `${key}[0].Name is ${JSON.stringify(name)}: use 1 to 256 letters, digits, ".", "-" or "_", ` +
        'with a letter or digit at both ends',
    ]);
  });

  it('says everything that is wrong at once', () => {
    const groups = [{ Name: '$default' }, { Name: '/' }, 'cg'];
    const problems = problemsOf(
      fileOf([
        { Name: 'a', PartitionCount: '1', ConsumerGroups: groups },
        { ...hub, Name: 'A' },
      ]),
    );
    expect(problems.map((problem) => problem.split(':')[1]?.trim())).toEqual([
      'UserConfig.NamespaceConfig[0].Entities[0].ConsumerGroups[0].Name is "$default"',
      'UserConfig.NamespaceConfig[0].Entities[0].ConsumerGroups[1].Name is "/"',
      'UserConfig.NamespaceConfig[0].Entities[0].ConsumerGroups[2].Name is missing',
      'UserConfig.NamespaceConfig[0].Entities is "A"',
    ]);
  });

  it.each([
    ['no JSON', '{"UserConfig"', 'the content is'],
    ['no entities', '{}', 'UserConfig.NamespaceConfig[0].Entities is missing'],
    ['another JSON', 'null', 'UserConfig.NamespaceConfig[0].Entities is missing'],
    ['an empty list', fileOf([]), 'UserConfig.NamespaceConfig[0].Entities is []'],
    ['too many hubs', fileOf(Array(11).fill(hub)), 'UserConfig.NamespaceConfig[0].Entities is'],
    ['groups that are no list', fileOf([{ ...hub, ConsumerGroups: {} }]), 'ConsumerGroups is {}'],
  ])('refuses %s', (_title, text, named) => {
    expect(problemsOf(text)[0]).toContain(named);
  });
});
