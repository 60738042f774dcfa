import { parseJson, type JsonText } from '../../shared/kernel/json-text.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import { parseDirective } from './directive.ts';
import { isRecord, structuredType, subjectOf, type FeedMessage } from './feed-message.ts';

/** A line that is a directive and cannot be followed. */
export interface FeedProblem {
  /** From 1. */
  readonly line: number;
  readonly problem: string;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Reads a feed: one message per line that is not blank. An object whose only member is `$send` is a
 * directive; any other line is sent to the hub with exactly its bytes, whatever they are.
 */
export function parseFeed(
  bytes: Uint8Array,
): Result<readonly FeedMessage[], readonly FeedProblem[]> {
  const messages: FeedMessage[] = [];
  const problems: FeedProblem[] = [];
  for (const [index, line] of linesOf(bytes).entries()) {
    if (isBlank(line)) continue;
    const result = parseLine(line);
    if (result.ok) messages.push(result.value);
    else problems.push({ line: index + 1, problem: result.problem });
  }
  return problems.length > 0 ? fail(problems) : succeed(messages);
}

/** All problems, one line each. */
export function describeFeedProblems(problems: readonly FeedProblem[]): string {
  return problems.map(({ line, problem }) => `line ${line}: ${problem}`).join('\n');
}

function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
    lines.push(bytes.subarray(start, bytes[end - 1] === carriageReturn ? end - 1 : end));
    start = end + 1;
  }
  return [...lines, bytes.subarray(start)];
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === carriageReturn);
}

function parseLine(line: Uint8Array): Result<FeedMessage, string> {
  const parsed = parseJson(new TextDecoder().decode(line), Infinity);
  const json = parsed.ok ? parsed.json : undefined;
  if (json?.members.length === 1 && json.members[0]?.name === '$send') return parseDirective(json);
  return succeed(asSent(line, json));
}

/** The line as a message: an event is in structured mode, of anything else nothing is claimed. */
function asSent(line: Uint8Array, json: JsonText | undefined): FeedMessage {
  const value = isRecord(json?.value) ? json.value : {};
  return {
    to: 'hub',
    body: line,
    contentType: 'specversion' in value ? structuredType : undefined,
    properties: new Map(),
    partitionKey: subjectOf(value),
    sessionId: undefined,
  };
}
