import type { HttpRequest } from '@azure/functions';
import { memberOf } from './host-values.ts';

/** Who makes a request, and from where. */
export interface Caller {
  /** Undefined when nobody is named. */
  readonly name: string | undefined;
  /** Undefined without App Service authentication: then whoever holds the function key may do all. */
  readonly roles: readonly string[] | undefined;
  /** The addresses that the request came through, the client's first; empty when nobody says. */
  readonly from: string;
}

/** Longer names and addresses are cut. */
const maxTextLength = 200;

/**
 * Who makes a request: as App Service authentication says, which takes these headers away from a
 * request and sets them itself. Where it is off, they say who holds the function key; a principal
 * that cannot be read has a right to nothing.
 * Source: Azure App Service, "Access user claims in app code".
 */
export function callerOf({ headers }: Pick<HttpRequest, 'headers'>): Caller {
  const header = headers.get('x-ms-client-principal');
  const principal = header === null ? undefined : parse(header);
  const name = nameIn(principal) ?? headers.get('x-ms-client-principal-name')?.trim();
  return {
    name: name === undefined || name === '' ? undefined : name.slice(0, maxTextLength),
    roles: header === null ? undefined : rolesIn(principal),
    // What the platform has appended stands at the end; the beginning is what a client claims.
    from: (headers.get('x-forwarded-for') ?? '').trim().slice(-maxTextLength),
  };
}

/** The name of who makes a request; undefined when nobody is named. */
export function actorOf(request: Pick<HttpRequest, 'headers'>): string | undefined {
  return callerOf(request).name;
}

/** The name claim of a principal, or undefined for a value that is none. */
function nameIn(principal: unknown): string | undefined {
  const nameType = memberOf(principal, 'name_typ');
  const claim = claimsIn(principal).find((each) => memberOf(each, 'typ') === nameType);
  const name = memberOf(claim, 'val') ?? memberOf(principal, 'userDetails');
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : undefined;
}

/** App roles are claims of the type `roles`, or of the type that the principal names for them. */
function rolesIn(principal: unknown): readonly string[] {
  const types = ['roles', memberOf(principal, 'role_typ')];
  return claimsIn(principal)
    .filter((claim) => types.includes(memberOf(claim, 'typ')))
    .map((claim) => memberOf(claim, 'val'))
    .filter((role) => typeof role === 'string');
}

function claimsIn(principal: unknown): readonly unknown[] {
  const claims = memberOf(principal, 'claims');
  return Array.isArray(claims) ? claims : [];
}

function parse(principal: string): unknown {
  try {
    return JSON.parse(Buffer.from(principal, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}
