import { describe, expect, it } from 'vitest';
import { actorOf, callerOf } from '../../../functions/http-actor.ts';

function requestWith(headers: Readonly<Record<string, string>>) {
  return { headers: new Headers(headers) } as unknown as Parameters<typeof callerOf>[0];
}

function principal(value: unknown): Readonly<Record<string, string>> {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { 'x-ms-client-principal': Buffer.from(text).toString('base64') };
}

const roleClaim = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role';
const signedIn = {
  auth_typ: 'aad',
  name_typ: 'name',
  role_typ: roleClaim,
  claims: [
    { typ: 'name', val: ' Ada ' },
    { typ: 'roles', val: 'DeadLetters.Read' },
    { typ: roleClaim, val: 'Auditor' },
    { typ: 'groups', val: 'DeadLetters.Operate' },
    { typ: 'roles', val: 7 },
  ],
};

describe('callerOf', () => {
  it('reads the name and the app roles of who is signed in, and no other claims', () => {
    expect(callerOf(requestWith(principal(signedIn)))).toEqual({
      name: 'Ada',
      roles: ['DeadLetters.Read', 'Auditor'],
      from: '',
    });
  });

  it('believes the name header of who has only the function key, and knows no roles', () => {
    const request = requestWith({ 'x-ms-client-principal-name': ' ada@acme.example ' });
    expect(callerOf(request)).toEqual({ name: 'ada@acme.example', roles: undefined, from: '' });
    expect(actorOf(request)).toBe('ada@acme.example');
  });

  it('knows nobody when nobody is named', () => {
    expect(callerOf(requestWith({})).name).toBeUndefined();
    expect(actorOf(requestWith({ 'x-ms-client-principal-name': '  ' }))).toBeUndefined();
  });

  it.each([
    ['no base64 of JSON', { 'x-ms-client-principal': '%%%' }],
    ['empty', { 'x-ms-client-principal': '' }],
    ['a list', principal([])],
    ['null', principal('null')],
    ['claims of another shape', principal({ claims: { 0: { typ: 'roles', val: 'x' } } })],
    ['claims that are no objects', principal({ claims: ['roles', null] })],
  ])('gives a principal no rights that is %s', (_what, headers) => {
    expect(callerOf(requestWith(headers)).roles).toEqual([]);
  });

  it('keeps the end of the way that a request came, where the platform writes', () => {
    const forged = 'x'.repeat(500);
    const request = requestWith({ 'x-forwarded-for': `${forged}, 203.0.113.7:4711` });
    expect(callerOf(request).from).toHaveLength(200);
    expect(callerOf(request).from.endsWith(', 203.0.113.7:4711')).toBe(true);
  });
});
