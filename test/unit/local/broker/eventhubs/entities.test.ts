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

  it.each(['', '../events', 'a/b', '-a', 'a b', '__proto__'])('refuses the name %j', (name) => {
    expect(problemsOf(fileOf([{ ...hub, Name: name }]))).toEqual([
      `${key}[0].Name is ${JSON.stringify(name)}: use 1 to 256 letters, digits, ".", "-" or "_", ` +
        'with a letter or digit at both ends',
    ]);
  });

  it('says everything that is wrong at once', () => {
    const groups = [{ Name: '$default' }, { Name: '/' }, { name: 'cg' }];
    const problems = problemsOf(
      fileOf([
        { Name: 'a', PartitionCount: '1', ConsumerGroups: groups },
        { ...hub, Name: 'A' },
      ]),
    );
    expect(problems.map((problem) => problem.replace(`${key}[`, '').split(':')[0])).toEqual([
      '1].Name is "A"',
      '0].ConsumerGroups[0].Name is "$default"',
      '0].ConsumerGroups[1].Name is "/"',
      '0].ConsumerGroups[2].name is "cg"',
      '0].ConsumerGroups[2].Name is missing',
    ]);
  });

  it.each([
    ['no JSON', '{"UserConfig"', 'the content is'],
    ['no namespace', '{}', 'UserConfig.NamespaceConfig is missing: write exactly one namespace'],
    ['another JSON', 'null', 'the content is null: write a JSON object'],
    ['no hub', fileOf([]), 'Entities is []: list the hubs'],
    ['too many hubs', fileOf(Array(11).fill(hub)), 'at most 10 entries are possible'],
    ['a hub that is none', fileOf(['events']), 'Entities[0] is "events": write a JSON object'],
    ['a name that is no text', fileOf([{ ...hub, Name: 7 }]), 'Name is 7: write a JSON string'],
    ['a misspelt key', fileOf([{ ...hub, Partitions: '8' }]), 'Partitions is "8": remove it'],
    ['groups that are no list', fileOf([{ ...hub, ConsumerGroups: {} }]), 'ConsumerGroups is {}'],
  ])('refuses %s', (_title, text, named) => {
    expect(problemsOf(text).join('\n')).toContain(named);
  });
});
