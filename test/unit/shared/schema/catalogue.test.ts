import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { AppError } from '../../../../shared/kernel/app-error.ts';
import type { Catalogue } from '../../../../shared/ports/catalogue.ts';
import { compileSchemas } from '../../../../shared/schema/ajv-validators.ts';
import { openCatalogue } from '../../../../shared/schema/index.ts';

type Files = Readonly<Record<string, unknown>>;

const definition = {
  description: 'A thing was made.',
  owner: 'team',
  service: 'event-hubs',
  direction: 'inbound',
  classification: 'internal',
  aliases: [],
  personal: [],
  versions: [{ version: 1, status: 'active' }],
};
const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    mail: { type: 'string' },
    list: { type: 'array', items: { $ref: '#/$defs/item' } },
  },
  $defs: { item: { type: 'object', properties: { mail: { type: 'string' } } } },
};
const record = { type: 'record', name: 'R', fields: [] };

function open(files: Files): Catalogue {
  const texts = Object.entries(files).map(([path, content]) => ({
    path,
    text: typeof content === 'string' ? content : JSON.stringify(content),
  }));
  return openCatalogue({ files: texts, ...compileSchemas(texts) });
}

function typeFiles(
  folder: string,
  changes: object = {},
  schemas: Files = { 'v1.schema.json': schema },
): Files {
  const files = Object.entries(schemas).map(([name, content]) => [`${folder}/${name}`, content]);
  return {
    [`${folder}/event-type.json`]: { ...definition, ...changes },
    ...(Object.fromEntries(files) as Files),
  };
}

/** The fault lines of a catalogue that must be refused. */
function faultsOf(files: Files): readonly string[] {
  try {
    open(files);
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === 'catalogue.invalid');
    assert.equal(error.kind, 'permanent');
    return error.message.split('\n').slice(1);
  }
  return assert.fail('the catalogue was accepted');
}

describe('a catalogue', () => {
  const catalogue = open({
    ...typeFiles('erp/thing.made', { aliases: ['thing.made'] }),
    ...typeFiles('iot/reading.taken', {}, { 'v1.avsc': record, 'v1.schema.json': schema }),
  });

  it('finds a type by its last three parts, whatever the organisation, and by alias', () => {
    const found = catalogue.find('com.any-org.erp.thing.made');
    assert.equal(found?.table, 'brz_event_erp_thing_made');
    assert.equal(catalogue.find('com.x_1.erp.thing.made'), found);
    assert.equal(catalogue.find('thing.made'), found);
  });

  it.each([
    'erp.thing.made',
    'com.x.erp.thing',
    'com.x.erp.thing.made.again',
    'org.x.erp.thing.made',
    'com..erp.thing.made',
    'com.x.erp.thing.MADE',
    'com.x y.erp.thing.made',
    'com.x.erp.thing.made\n',
    '__proto__',
    'constructor',
    'alias:thing.made',
    '',
  ])('does not find %j', (type) => {
    assert.equal(catalogue.find(type), undefined);
  });

  it('lists its types by name, with the formats of every version', () => {
    assert.deepEqual(
      catalogue.types().map(({ name, versions }) => [name, versions[0]?.formats]),
      [
        ['erp.thing.made', ['json']],
        ['iot.reading.taken', ['json', 'avro']],
      ],
    );
  });

  it('answers a version that has no schema for the format with a bug, not with a verdict', () => {
    const type = catalogue.find('thing.made');
    assert.ok(type !== undefined);
    assert.throws(() => catalogue.check(type, 2, { format: 'json', value: {} }), AppError);
    assert.throws(
      () => catalogue.check(type, 1, { format: 'avro', bytes: new Uint8Array() }),
      AppError,
    );
  });
});

describe('a faulty catalogue does not open', () => {
  it.each<readonly [string, Files, readonly string[]]>([
    [
      'a folder name with capitals',
      typeFiles('erp/Thing.made'),
      [
        'erp/Thing.made/event-type.json: is not {system}/{entity}.{action}/{file} in [a-z0-9_]',
        'erp/Thing.made/v1.schema.json: is not {system}/{entity}.{action}/{file} in [a-z0-9_]',
      ],
    ],
    [
      'no definition',
      { 'erp/a.b/v1.schema.json': schema },
      ['erp/a.b/event-type.json: is not a JSON object'],
    ],
    [
      'a definition that is no JSON',
      { 'erp/a.b/event-type.json': '{' },
      ['erp/a.b/event-type.json: is not a JSON object'],
    ],
    [
      'every member wrong',
      {
        'erp/a.b/event-type.json': {
          owner: '',
          service: 'kafka',
          direction: 1,
          classification: 'secret',
          aliases: [1],
          personal: [{ pointer: '/mail', treatment: 'hide' }, 7],
          versions: [{ version: '1' }],
          extra: true,
        },
      },
      [
        'has an unknown key extra',
        'description must be a text that is not empty',
        'owner must be a text that is not empty',
        'service must be one of event-hubs, service-bus',
        'direction must be one of inbound, outbound',
        'classification must be one of public, internal, confidential, restricted',
        'personal[1] must be an object',
        'personal[0].treatment must be one of tokenise, encrypt',
        'personal[0].kind must be a text that is not empty',
        'personal[1].pointer must be a text that is not empty',
        'personal[1].treatment must be one of tokenise, encrypt',
        'personal[1].kind must be a text that is not empty',
        'versions[0].version must be a whole number from 1',
        'versions[0].status must be one of active, deprecated',
        'aliases must be texts that are not empty',
      ].map((problem) => `erp/a.b/event-type.json: ${problem}`),
    ],
    [
      'no version',
      typeFiles('erp/a.b', { versions: [] }, {}),
      ['erp/a.b: versions must be 1, 2, ... without a gap'],
    ],
    [
      'a gap between versions',
      typeFiles(
        'erp/a.b',
        { versions: [{ version: 2, status: 'active' }] },
        { 'v2.schema.json': schema },
      ),
      ['erp/a.b: versions must be 1, 2, ... without a gap'],
    ],
    [
      'a version without schema',
      typeFiles('erp/a.b', {}, {}),
      ['erp/a.b: version 1 has no schema'],
    ],
    [
      'files that belong to nothing',
      typeFiles('erp/a.b', {}, { 'v1.schema.json': schema, 'v2.avsc': record, 'notes.json': {} }),
      [
        'erp/a.b: the file v2.avsc belongs to no declared version',
        'erp/a.b: the file notes.json belongs to no declared version',
      ],
    ],
    [
      'an Avro schema that is no record',
      typeFiles('erp/a.b', {}, { 'v1.avsc': { type: 'array', items: 'int' } }),
      ['erp/a.b/v1.avsc: does not compile: Error: the schema of an event is a record'],
    ],
    [
      'one table for two types',
      { ...typeFiles('erp/a_b.c'), ...typeFiles('erp/a.b_c') },
      ['erp/a.b_c: has the table brz_event_erp_a_b_c of erp/a_b.c'],
    ],
    [
      'one alias for two types',
      { ...typeFiles('erp/a.b', { aliases: ['x'] }), ...typeFiles('erp/a.c', { aliases: ['x'] }) },
      ['erp/a.c: has the alias x of erp/a.b'],
    ],
    [
      'an alias that is a full type',
      typeFiles('erp/a.b', { aliases: ['com.x.erp.a.c'] }),
      ['erp/a.b: the alias com.x.erp.a.c is a full type'],
    ],
    [
      'a personal field without pointer',
      typeFiles('erp/a.b', { personal: [{ pointer: '', treatment: 'encrypt', kind: 'k' }] }),
      ['erp/a.b/event-type.json: personal[0].pointer must be a text that is not empty'],
    ],
    [
      'personal fields with a typing error',
      typeFiles('erp/a.b', {
        personal: ['/nail', '/list/*/nail', '/list/mail', 'mail', '/toString'].map((pointer) => ({
          pointer,
          treatment: 'encrypt',
          kind: 'k',
        })),
      }),
      ['/nail', '/list/*/nail', '/list/mail', 'mail', '/toString'].map(
        (pointer) => `erp/a.b: no schema has the personal field ${pointer}`,
      ),
    ],
    [
      'personal fields in Avro',
      typeFiles(
        'erp/a.b',
        { personal: [{ pointer: '/mail', treatment: 'encrypt', kind: 'k' }] },
        { 'v1.avsc': record, 'v1.schema.json': schema },
      ),
      ['erp/a.b: personal fields need JSON: an .avsc is not allowed'],
    ],
  ])('%s', (_, files, faults) => {
    assert.deepEqual(faultsOf(files), faults);
  });

  it.each<readonly [string, object, RegExp]>([
    ['an unknown keyword', { ...schema, requird: ['mail'] }, /does not compile: .*requird/],
    [
      'an unknown format',
      { ...schema, properties: { mail: { type: 'string', format: 'mail' } } },
      /does not compile: .*mail/,
    ],
    [
      'a closed schema',
      { ...schema, additionalProperties: false },
      /additionalProperties closes the schema/,
    ],
    [
      'a closed part',
      { ...schema, $defs: { item: { type: 'object', unevaluatedProperties: false } } },
      /\/\$defs\/item\/unevaluatedProperties closes/,
    ],
  ])('%s', (_, wrong, expected) => {
    const [fault, ...others] = faultsOf(typeFiles('erp/a.b', {}, { 'v1.schema.json': wrong }));
    assert.match(fault ?? '', expected);
    assert.deepEqual(others, []);
  });

  it('and says everything that is wrong at once', () => {
    const faults = faultsOf({
      'readme.json': {},
      ...typeFiles('erp/a.b', { aliases: ['x'] }, { 'v1.schema.json': '{' }),
      ...typeFiles('erp/a.c', { aliases: ['x'], versions: [] }),
    });
    assert.equal(faults.length, 5);
  });

  it('and misses a schema that was not compiled', () => {
    const files = Object.entries(typeFiles('erp/a.b')).map(([path, content]) => ({
      path,
      text: JSON.stringify(content),
    }));
    assert.throws(
      () => openCatalogue({ files, validators: new Map(), faults: [] }),
      /erp\/a\.b\/v1\.schema\.json: has not been compiled/,
    );
  });
});

describe('a personal field', () => {
  it('may be behind a reference and in a list', () => {
    const personal = ['/mail', '/list/*/mail', '/list'].map((pointer) => ({
      pointer,
      treatment: 'tokenise',
      kind: 'email',
    }));
    assert.equal(open(typeFiles('erp/a.b', { personal })).types()[0]?.personal.length, 3);
  });
});
