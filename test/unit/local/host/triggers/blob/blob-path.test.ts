import { describe, expect, it } from 'vitest';
import { parseBlobPath } from '../../../../../../local/host/triggers/blob/blob-path.ts';

function match(path: string, name: string): unknown {
  const parsed = parseBlobPath(path);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value.match(name);
}

describe('a blob path', () => {
  it.each([
    ['letters/{name}', 'a/b.json', { name: 'a/b.json' }],
    ['letters/in/{topic}/{name}.json', 'in/x/y.json', { topic: 'x', name: 'y' }],
    ['letters/in/{name}.json', 'out/y.json', undefined],
    ['letters/a.b+({name})', 'a.b+(x)', { name: 'x' }],
    ['letters/a.b+({name})', 'aXbb(x)', undefined],
    ['letters', 'anything', { name: 'anything' }],
    ['letters/{name}', 'line\nbreak', { name: 'line\nbreak' }],
  ])('%s gives %s its parameters', (path, name, expected) => {
    expect(match(path, name)).toEqual(expected);
  });

  it('knows what every fitting name begins with', () => {
    const parsed = parseBlobPath('letters/in/2026/{name}.json');
    expect(parsed).toMatchObject({ value: { container: 'letters', prefix: 'in/2026/' } });
  });

  it.each(['Letters/{name}', 'x/{name}', '../{name}', 'letters/{a', 'letters/{a}{a}', ''])(
    'refuses "%s"',
    (path) => {
      expect(parseBlobPath(path).ok).toBe(false);
    },
  );
});
