/** Arguments of a call as a person wants to see them in a timeline. */
export function describeArguments(args: readonly unknown[]): string {
  return args.map(describeArgument).join(', ');
}

function describeArgument(value: unknown): string {
  if (typeof value === 'string') return value.split('/').at(-1) ?? '';
  if (Array.isArray(value)) return `[${value.map(describeArgument).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const shape = shapes.find(({ property }) => property in value);
  return shape?.describe(value as Fields) ?? '{}';
}

/** What an argument may hold; the property of its shape tells. */
interface Fields {
  readonly plan: Fields;
  readonly items: readonly { sequenceNumber: number; verdict: { kind: string } }[];
  readonly first: number;
  readonly last: number;
  readonly table: string;
  readonly through: number;
  readonly key: { readonly id: string };
  readonly sequenceNumber: number;
  readonly planned: number;
  readonly settled: number;
  readonly partitionId: string;
}

interface Shape {
  readonly property: string;
  describe(value: Fields): string;
}

const shapes: readonly Shape[] = [
  { property: 'plan', describe: ({ plan }) => describeArgument(plan) },
  { property: 'items', describe: describePlan },
  { property: 'through', describe: ({ table, through }) => `${table} <= ${through}` },
  { property: 'key', describe: ({ key, sequenceNumber }) => `${sequenceNumber}:${key.id}` },
  { property: 'planned', describe: ({ planned, settled }) => `${settled}..${planned}` },
  { property: 'partitionId', describe: ({ partitionId }) => `partition ${partitionId}` },
];

function describePlan({ first, last, items }: Fields): string {
  const verdicts = items.map(({ sequenceNumber: at, verdict }) => `${at} ${verdict.kind}`);
  return `plan ${first}..${last}: ${verdicts.join(', ')}`;
}
