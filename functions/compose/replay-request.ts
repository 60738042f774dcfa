import { readPatch } from '../../shared/deadletter/replay/json-patch.ts';
import type { SliceQuery } from '../../shared/deadletter/replay/replay-slice.ts';
import { skipSpace } from '../../shared/kernel/json-text-scan.ts';
import { parseJson } from '../../shared/kernel/json-text.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import type { Problem } from '../http-problem.ts';
import { readSliceQuery } from './dead-letter-query.ts';

/** What both kinds of requests say, besides who answers for it and why. */
interface Wanted {
  readonly isDryRun: boolean;
}

const defaultLimit = 50;
/** It is kept with the letter and in its audit, in one column of a row. */
const maxPatchLength = 10_000;
const maxDepth = 64;

/** A request to replay a slice of the letters that match a filter. */
export function readSliceRequest(
  body: string,
): Result<Wanted & { readonly query: SliceQuery }, Problem> {
  const members = readMembers(body, ['reason', 'filter', 'limit', 'dryRun', 'continuation']);
  if (!members.ok) return members;
  const wanted = readWanted(members.value);
  if (!wanted.ok) return wanted;
  const filter = members.value.get('filter');
  const size = members.value.get('limit') ?? defaultLimit;
  const page = readSliceQuery(filter, { size, after: members.value.get('continuation') });
  if (!page.ok) return page;
  const { size: limit, ...query } = page.value;
  return succeed({ ...wanted.value, query: { ...query, limit } });
}

/** A request to replay one letter. The patch is the text that was sent, so that numbers stay exact. */
export function readReplayRequest(
  body: string,
): Result<Wanted & { readonly patch: string | undefined }, Problem> {
  const members = readMembers(body, ['reason', 'dryRun', 'patch']);
  if (!members.ok) return members;
  const wanted = readWanted(members.value);
  if (!wanted.ok) return wanted;
  const patch = members.value.has('patch') ? textOfMember(body, 'patch') : undefined;
  if (patch !== undefined) {
    if (patch.length > maxPatchLength) {
      return fail(malformed(`patch is longer than ${maxPatchLength} characters`));
    }
    const operations = readPatch(patch);
    if (!operations.ok) return fail(malformed(`patch: ${operations.problem}`));
  }
  return succeed({ ...wanted.value, patch });
}

type Members = ReadonlyMap<string, unknown>;

function readWanted(members: Members): Result<Wanted, Problem> {
  const isDryRun = members.get('dryRun') ?? false;
  return typeof isDryRun === 'boolean'
    ? succeed({ isDryRun })
    : fail(malformed('dryRun is neither true nor false'));
}

/** A misspelt member must not widen what is replayed. */
function readMembers(body: string, known: readonly string[]): Result<Members, Problem> {
  const parsed = parseJson(body, maxDepth);
  const value = parsed.ok ? parsed.json.value : undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail(malformed('the body is no JSON object'));
  }
  const members = new Map(Object.entries(value));
  const unknown = [...members.keys()].find((name) => !known.includes(name));
  return unknown === undefined
    ? succeed(members)
    : fail(malformed(`${JSON.stringify(unknown.slice(0, 40))} is none of ${known.join(', ')}`));
}

function textOfMember(body: string, name: string): string | undefined {
  const parsed = parseJson(body, maxDepth);
  const member = parsed.ok ? parsed.json.members.findLast((each) => each.name === name) : undefined;
  return member && body.slice(skipSpace(body, member.start), member.end);
}

function malformed(detail: string): Problem {
  return {
    status: 400,
    code: 'replay-request-malformed',
    title: 'The request cannot be read',
    detail,
    remedy: 'Send JSON as the OpenAPI document describes it.',
  };
}
