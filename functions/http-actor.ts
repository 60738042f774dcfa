import type { HttpRequest } from '@azure/functions';
import { memberOf } from './host-values.ts';

/** Longer names are cut. */
const maxNameLength = 200;

/**
 * Who makes a request: as App Service authentication says, which takes these headers away from a
 * request and sets them itself. Where it is off, they say who holds the function key.
 * Undefined when nobody is named. Source: Azure App Service, "Access user claims in app code".
 */
export function actorOf({ headers }: Pick<HttpRequest, 'headers'>): string | undefined {
  const name = nameIn(headers.get('x-ms-client-principal')) ?? headers.get(nameHeader)?.trim();
  return name === undefined || name === '' ? undefined : name.slice(0, maxNameLength);
}

const nameHeader = 'x-ms-client-principal-name';

/** The name claim of a principal, or undefined for a text that is none. */
function nameIn(principal: string | null): string | undefined {
  const value = parse(principal ?? '');
  const claims = memberOf(value, 'claims');
  const nameType = memberOf(value, 'name_typ');
  const claim: unknown = Array.isArray(claims)
    ? claims.find((each) => memberOf(each, 'typ') === nameType)
    : undefined;
  const name = memberOf(claim, 'val') ?? memberOf(value, 'userDetails');
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : undefined;
}

function parse(principal: string): unknown {
  try {
    return JSON.parse(Buffer.from(principal, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}
