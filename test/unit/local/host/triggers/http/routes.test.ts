import { describe, expect, it } from 'vitest';
import { HttpRoutes } from '../../../../../../local/host/triggers/http/http-routes.ts';
import { parseRouteTemplate } from '../../../../../../local/host/triggers/http/route-template.ts';
import { formatSetCookie } from '../../../../../../local/host/triggers/http/set-cookie.ts';

function routesOf(
  ...templates: readonly (readonly [route: string, ...methods: string[]])[]
): HttpRoutes {
  const routes = new HttpRoutes();
  for (const [route, ...methods] of templates) {
    const template = parseRouteTemplate(route);
    if (!template.ok) throw new Error(template.problem);
    const handle = (): Promise<void> => Promise.resolve();
    routes.add({ name: route, template: template.value, methods, handle });
  }
  return routes;
}

function find(routes: HttpRoutes, path: string, method = 'GET'): unknown {
  const match = routes.find(method, path);
  if (match.kind !== 'found') return match;
  return [match.route.name, match.parameters];
}

describe('routes', () => {
  const routes = routesOf(
    ['a/{*rest}', 'GET'],
    ['a/{x}', 'GET', 'PUT'],
    ['a/{n:int}', 'GET'],
    ['a/fixed', 'GET'],
    ['opt/{one?}', 'GET'],
    ['', 'GET'],
  );

  it.each([
    ['/a/fixed', ['a/fixed', {}]],
    ['/A/FIXED/', ['a/fixed', {}]],
    ['/a/12', ['a/{n:int}', { n: '12' }]],
    ['/a/x1', ['a/{x}', { x: 'x1' }]],
    ['/a/b/c', ['a/{*rest}', { rest: 'b/c' }]],
    ['/a', ['a/{*rest}', { rest: '' }]],
    ['/opt', ['opt/{one?}', {}]],
    ['/opt/1', ['opt/{one?}', { one: '1' }]],
    ['/', ['', {}]],
    ['/a/%41%2F%2f', ['a/{x}', { x: 'A%2F%2F' }]],
    ['/opt/__proto__', ['opt/{one?}', { one: '__proto__' }]],
  ])('the most precise one answers %s', (path, expected) => {
    expect(find(routes, path)).toEqual(expected);
  });

  it('tell a wrong method from a path that nobody answers', () => {
    expect(find(routes, '/a/fixed', 'DELETE')).toEqual({
      kind: 'wrongMethod',
      allowed: ['GET', 'PUT'],
    });
    expect(find(routes, '/b')).toEqual({ kind: 'notFound' });
    expect(find(routes, '/a/%E0%A4%A')).toEqual({ kind: 'notFound' });
    expect(find(routes, '/opt/1/2')).toEqual({ kind: 'notFound' });
  });

  it.each([
    ['a{b}c', 'neither plain text nor one {parameter}'],
    ['{a:regex(x)}', 'the constraint "regex(x)" is not one of'],
    ['{a:toString}', 'the constraint "toString" is not one of'],
    ['{*a}/b', 'nothing may follow'],
    ['{}', 'neither plain text'],
  ])('refuse %s', (route, problem) => {
    const parsed = parseRouteTemplate(route);
    expect(parsed.ok ? '' : parsed.problem).toContain(problem);
  });
});

describe('cookies', () => {
  it('are written with every attribute', () => {
    expect(
      formatSetCookie({
        name: 'n',
        value: 'a;b',
        domain: { value: 'example.org' },
        path: { value: '/x' },
        expires: { value: { seconds: 0 } },
        maxAge: { value: 60 },
        secure: { value: true },
        httpOnly: { value: false },
        sameSite: 'explicitNone',
      }),
    ).toBe(
      'n=a%3Bb; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60; Domain=example.org; Path=/x; SameSite=None; Secure',
    );
    expect(formatSetCookie({ name: 'n', value: 'v', sameSite: 'none' })).toBe('n=v');
  });
});
