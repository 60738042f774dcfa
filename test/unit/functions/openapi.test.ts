import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openApi } from '../../../functions/openapi.ts';

interface Binding {
  readonly type: string;
  readonly route?: string;
  readonly methods?: readonly string[];
}

/** The HTTP routes that the application registers, health aside: an approval test keeps the file. */
function registeredRoutes(): readonly string[] {
  const { functions } = JSON.parse(readFileSync('test/approved/functions.json', 'utf8')) as {
    readonly functions: readonly { readonly bindings: readonly Binding[] }[];
  };
  return functions
    .flatMap(({ bindings }) => bindings.filter(({ type }) => type === 'httpTrigger'))
    .filter(({ route = '' }) => !route.startsWith('health/'))
    .flatMap(({ route = '', methods = [] }) => methods.map((method) => `${method} /${route}`))
    .toSorted();
}

type Operation = { readonly responses: Readonly<Record<string, unknown>> };
const paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> = openApi.paths;

describe('the OpenAPI document', () => {
  it('has exactly the routes that are registered', () => {
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.toSorted()).toEqual(registeredRoutes());
  });

  it('refers to nothing that it does not hold', () => {
    const text = JSON.stringify(openApi);
    const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
    expect(references).not.toEqual([]);
    for (const reference of references) {
      const found = reference
        .split('/')
        .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], openApi);
      expect(found, reference).toBeDefined();
    }
  });

  it('answers every failure of a request with a problem', () => {
    for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
      for (const [status, response] of Object.entries(operation.responses)) {
        const isProblem = JSON.stringify(response).includes('responses/Problem');
        expect(isProblem, status).toBe(Number(status) >= 400);
      }
    }
  });
});
