import assert from 'node:assert/strict';
import { rolldown } from 'rolldown';
import { beforeAll, describe, it } from 'vitest';
import { catalogueModule, standaloneValidators } from '../../../schemas/bundle.ts';
import { loadCatalogueFiles, loadValidators } from '../../../schemas/index.ts';
import type { CatalogueFile, CompiledSchemas } from '../../../shared/schema/index.ts';
import { openCatalogue } from '../../../shared/schema/index.ts';
import { marketplaceLines } from '../../support/events/messages.ts';

interface BundledModule {
  readonly loadCatalogueFiles: () => readonly CatalogueFile[];
  readonly loadValidators: () => CompiledSchemas;
}

/** What a build makes of the two generated modules: one ES module without imports of ours. */
async function bundle(): Promise<string> {
  const sources = new Map([
    ['files', catalogueModule()],
    ['validators', standaloneValidators()],
    ['entry', "export * from 'files'; export * from 'validators';"],
  ]);
  const build = await rolldown({
    input: 'entry',
    platform: 'node',
    cwd: process.cwd(),
    plugins: [
      {
        name: 'generated',
        resolveId: (id) => (sources.has(id) ? `${process.cwd()}/schemas/generated-${id}.js` : null),
        load: (id) => sources.get(/generated-(\w+)\.js$/.exec(id)?.[1] ?? '') ?? null,
      },
    ],
  });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  return output[0].code;
}

/** Values right and wrong for the properties of any schema of the catalogue. */
const candidates: readonly unknown[] = [
  'x',
  7,
  -1,
  1.5,
  true,
  null,
  [],
  [{}],
  [{ product_id: 'p', quantity: 1, price: 'p', metric: '', value: 0, amount: -1, method: 'm' }],
  {},
  '',
  'USD',
  'usd',
  '2025-06-15',
  '2025-02-30',
  '2025-06-15T14:00:00Z',
  'added',
  'critical',
  'x'.repeat(201),
  '\u{1f600}'.repeat(150),
];

function valuesFor(schemaText: string): readonly unknown[] {
  const { properties } = JSON.parse(schemaText) as { readonly properties: object };
  const names = Object.keys(properties);
  const objects = candidates.map((_, shift) =>
    Object.fromEntries(
      names.map((name, index) => [name, candidates[(index + shift) % candidates.length]]),
    ),
  );
  const real = marketplaceLines().map(
    (line) => (JSON.parse(line) as { readonly data: object }).data,
  );
  return [...objects, ...real, {}, [], null, 'x', { __proto__: null, constructor: 1 }];
}

describe('the generated modules', () => {
  let code = '';
  let bundled: BundledModule;
  beforeAll(async () => {
    code = await bundle();
    const url = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
    bundled = (await import(url)) as BundledModule;
  });

  it('hold the same files', () => {
    const parsed = (files: readonly CatalogueFile[]): unknown =>
      files.map(({ path, text }) => [path, JSON.parse(text)] as const);
    assert.deepEqual(parsed(bundled.loadCatalogueFiles()), parsed(loadCatalogueFiles()));
  });

  it('give the same answers as schemas compiled now', () => {
    const compiled = loadValidators();
    const generated = bundled.loadValidators();
    assert.deepEqual([...generated.validators.keys()], [...compiled.validators.keys()]);
    let refused = 0;
    let accepted = 0;
    for (const { path, text } of loadCatalogueFiles()) {
      const left = compiled.validators.get(path);
      const right = generated.validators.get(path);
      if (left === undefined || right === undefined) continue;
      for (const value of valuesFor(text)) {
        const isValid: boolean = left(value);
        assert.equal(right(value), isValid, path);
        assert.deepEqual(right.errors, left.errors, path);
        if (isValid) accepted += 1;
        else refused += 1;
      }
    }
    assert.ok(refused > 500 && accepted > 100, `${refused} refused, ${accepted} accepted`);
  });

  it('open as a catalogue', () => {
    const catalogue = openCatalogue({
      files: bundled.loadCatalogueFiles(),
      ...bundled.loadValidators(),
    });
    assert.ok(catalogue.find('com.x.erp.salesorder.created') !== undefined);
  });

  it('carry no compiler', () => {
    assert.doesNotMatch(code, /\bajv\/dist|class Ajv|\brequire\(|new Function/);
  });
});
