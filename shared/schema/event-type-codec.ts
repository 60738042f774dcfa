import type { Classification, EventType, VersionStatus } from '../ports/catalogue.ts';
import type { PersonalField, Treatment } from '../ports/privacy.ts';

/** What an `event-type.json` declares; names and formats come from the folder it stands in. */
export interface EventTypeFile {
  readonly description: string;
  readonly owner: string;
  readonly service: EventType['service'];
  readonly direction: EventType['direction'];
  readonly classification: Classification;
  readonly aliases: readonly string[];
  readonly personal: readonly PersonalField[];
  readonly versions: readonly { readonly version: number; readonly status: VersionStatus }[];
}

export type EventTypeReading =
  | { readonly ok: true; readonly file: EventTypeFile }
  | { readonly ok: false; readonly problems: readonly string[] };

const services = ['event-hubs', 'service-bus'] as const;
const directions = ['inbound', 'outbound'] as const;
const classifications = ['public', 'internal', 'confidential', 'restricted'] as const;
const treatments = ['tokenise', 'encrypt'] as const satisfies readonly Treatment[];
const statuses = ['active', 'deprecated'] as const satisfies readonly VersionStatus[];
const keys = new Set([
  'description',
  'owner',
  'service',
  'direction',
  'classification',
  'aliases',
  'personal',
  'versions',
]);

/** Reads the text of an `event-type.json`; all problems at once. */
export function readEventType(text: string): EventTypeReading {
  const problems: string[] = [];
  const source = asRecord(parse(text));
  if (source === undefined) return { ok: false, problems: ['is not a JSON object'] };
  for (const key of Object.keys(source))
    if (!keys.has(key)) problems.push(`has an unknown key ${key}`);
  const read = new Reader(source, '', problems);
  const file: EventTypeFile = {
    description: read.text('description'),
    owner: read.text('owner'),
    service: read.oneOf('service', services),
    direction: read.oneOf('direction', directions),
    classification: read.oneOf('classification', classifications),
    aliases: read.list('aliases').map((alias) => (typeof alias === 'string' ? alias : '')),
    personal: read.records('personal').map((field) => ({
      pointer: field.text('pointer'),
      treatment: field.oneOf('treatment', treatments),
      kind: field.text('kind'),
    })),
    versions: read.records('versions').map((version) => ({
      version: version.positive('version'),
      status: version.oneOf('status', statuses),
    })),
  };
  if (file.aliases.includes('')) problems.push('aliases must be texts that are not empty');
  return problems.length === 0 ? { ok: true, file } : { ok: false, problems };
}

/** Reads members of one object, noting what is wrong; a wrong member gives a value that is never used. */
class Reader {
  readonly #source: Readonly<Record<string, unknown>>;
  readonly #where: string;
  readonly #problems: string[];

  constructor(source: Readonly<Record<string, unknown>>, where: string, problems: string[]) {
    this.#source = source;
    this.#where = where;
    this.#problems = problems;
  }

  text(key: string): string {
    const value = this.#source[key];
    if (typeof value === 'string' && value !== '') return value;
    this.#note(key, 'must be a text that is not empty');
    return '';
  }

  oneOf<Word extends string>(key: string, words: readonly [Word, ...Word[]]): Word {
    const word = words.find((candidate) => candidate === this.#source[key]);
    if (word === undefined) this.#note(key, `must be one of ${words.join(', ')}`);
    return word ?? words[0];
  }

  positive(key: string): number {
    const value = this.#source[key];
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
    this.#note(key, 'must be a whole number from 1');
    return 1;
  }

  list(key: string): readonly unknown[] {
    const value = this.#source[key];
    if (Array.isArray(value)) return value;
    this.#note(key, 'must be a list');
    return [];
  }

  records(key: string): readonly Reader[] {
    return this.list(key).map((item, index) => {
      const where = `${this.#where}${key}[${index}]`;
      const record = asRecord(item);
      if (record === undefined) this.#problems.push(`${where} must be an object`);
      return new Reader(record ?? {}, `${where}.`, this.#problems);
    });
  }

  #note(key: string, rule: string): void {
    this.#problems.push(`${this.#where}${key} ${rule}`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Readonly<Record<string, unknown>>) : undefined;
}
