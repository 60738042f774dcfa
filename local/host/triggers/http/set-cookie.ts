import type { HttpCookie } from '../../core/contract.ts';

const sameSiteWords = { none: undefined, lax: 'Lax', strict: 'Strict', explicitNone: 'None' };

/** The value of a `Set-Cookie` header. Source: RFC 6265, section 4.1. */
export function formatSetCookie(cookie: HttpCookie): string {
  const pair = `${cookie.name ?? ''}=${encodeURIComponent(cookie.value ?? '')}`;
  const present = attributesOf(cookie).flatMap(([key, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [key] : [`${key}=${value}`];
  });
  return [pair, ...present].join('; ');
}

type Attribute = readonly [string, string | boolean | undefined];

/** In order; `true` is an attribute without a value. */
function attributesOf(cookie: HttpCookie): readonly Attribute[] {
  return [...lifetimeOf(cookie), ...scopeOf(cookie)];
}

function lifetimeOf({ expires, maxAge }: HttpCookie): readonly Attribute[] {
  const seconds = expires?.value?.seconds;
  return [
    ['Expires', seconds === undefined ? undefined : new Date(seconds * 1000).toUTCString()],
    ['Max-Age', maxAge?.value?.toFixed(0)],
  ];
}

function scopeOf(cookie: HttpCookie): readonly Attribute[] {
  return [
    ['Domain', cookie.domain?.value],
    ['Path', cookie.path?.value],
    ['SameSite', sameSiteWords[cookie.sameSite ?? 'none']],
    ['Secure', cookie.secure?.value],
    ['HttpOnly', cookie.httpOnly?.value],
  ];
}
