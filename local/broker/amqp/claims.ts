import { typedNull, wrapInt, wrapString } from './codec/typed.ts';
import type { RequestHandler } from './endpoint.ts';

/**
 * Answers `$cbs`, where clients put the token of each entity before they attach to it. Every token
 * is accepted: the broker listens on loopback only and its key is public.
 */
export const claimsHandler: RequestHandler = () => ({
  applicationProperties: new Map([
    ['status-code', wrapInt(202)],
    ['status-description', wrapString('Accepted')],
  ]),
  body: typedNull,
});
