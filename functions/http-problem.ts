import type { HttpResponseInit } from '@azure/functions';
import type { Violation } from '../shared/ports/events.ts';

/** Why a request is not answered as hoped. Source: RFC 9457. */
export interface Problem {
  readonly status: 400 | 401 | 403 | 404 | 409 | 412 | 413 | 422 | 500 | 503;
  /** Stable, for example `saga-not-found`. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** What the caller can do. */
  readonly remedy: string;
  readonly violations?: readonly Violation[];
}

/** The problem as `application/problem+json`. */
export function problemResponse({ code, ...problem }: Problem): HttpResponseInit {
  const { status } = problem;
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(status === 503 && { 'retry-after': '5' }),
    },
    body: JSON.stringify({ type: `urn:bronzeflow:problem:${code}`, ...problem }),
  };
}
