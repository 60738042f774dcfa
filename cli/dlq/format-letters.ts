import { formatTextTable, toVisible } from '../text-table.ts';
import type { GroupsAnswer, LetterAnswer, OutcomeAnswer, PageAnswer } from './answers-codec.ts';

export function formatPage({ deadLetters }: PageAnswer): string {
  return formatTextTable(
    ['id', 'died', 'state', 'origin', 'type', 'category', 'code', 'detail'],
    deadLetters.map(({ id, deadLetteredAt, state, origin, type, category, code, detail }) => [
      ...[id, deadLetteredAt, state, origin, type, category, code, detail],
    ]),
  );
}

export function formatGroups({ groups, totals, backlog }: GroupsAnswer): string {
  const table = formatTextTable(
    ['open', 'replayed', 'discarded', 'purged', 'last died', 'origin'],
    groups.map(({ counts, lastAt, origins }) => [
      ...[counts.open, counts.replayed, counts.discarded, counts.purged].map(String),
      ...[lastAt, origins.join(' ')],
    ]),
  );
  // A group is copied into --group: it must not be cut.
  const names = groups.map(({ failureGroup }, at) => `${at + 1}. ${toVisible(failureGroup)}\n`);
  const { open, replayed, discarded, purged } = totals;
  return [
    table,
    ...(names.length === 0 ? [] : ['Groups, in this order:\n', ...names]),
    `In all: ${open} open, ${replayed} replayed, ${discarded} discarded, ${purged} purged.\n`,
    formatBacklog(backlog),
  ].join('');
}

function formatBacklog(backlog: GroupsAnswer['backlog']): string {
  if (backlog === null || backlog.waiting.length === 0) return '';
  const { measuredAt, waiting } = backlog;
  const rows = waiting.map(({ entity, count }) => [entity, String(count)]);
  return `Not taken in yet, at ${measuredAt}:\n${formatTextTable(['entity', 'messages'], rows)}`;
}

/** Everything of one letter, each member on a line of its own. */
export function formatLetter(letter: LetterAnswer, etag: string | null): string {
  const { violations, payload, resolution, audit, ...fields } = letter;
  const { state, at, by, why } = resolution;
  const settled = at === null ? '' : ` at ${at} by ${by}: ${why}`;
  return [
    ...Object.entries(fields).map(([name, value]) => line(name, toText(value))),
    line('resolution', `${state}${settled}`),
    line('etag', etag ?? ''),
    'violations:',
    ...violations.map(
      ({ code, detail, pointer = '' }) => `  ${toVisible(`${code} ${pointer} ${detail}`)}`,
    ),
    'audit:',
    ...audit.map((entry) => `  ${toVisible(describeEntry(entry))}`),
    formatPayload(payload),
    '',
  ].join('\n');
}

/** Letters that were not dealt with as was asked, each with why. */
export function formatOutcome({
  id,
  outcome,
  code,
  detail,
  violations = [],
}: OutcomeAnswer): string {
  const reasons = [code, detail].filter((text) => text !== undefined).join(': ');
  const more = violations.map((each) => `\n    ${each.code} ${each.pointer ?? ''} ${each.detail}`);
  return `  ${id} ${outcome} ${[reasons, ...more].map(toVisibleLines).join('')}\n`;
}

function describeEntry({ at, by, action, why, from = '' }: LetterAnswer['audit'][number]): string {
  return `${at} ${action} by ${by}${from === '' ? '' : ` from ${from}`}: ${why}`;
}

function formatPayload({ encoding, content, sizeBytes }: LetterAnswer['payload']): string {
  const isPurged = content === '' && sizeBytes > 0;
  const how = { utf8: 'as text', base64: 'in base64', blob: 'in the blob' }[encoding] ?? encoding;
  const shown = isPurged ? 'purged' : toVisibleLines(content);
  return `payload, ${sizeBytes} bytes ${how}:\n${shown}`;
}

function line(name: string, value: string): string {
  return `${`${name}:`.padEnd(18)} ${toVisible(value)}`;
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** As `toVisible`, but for line breaks. */
function toVisibleLines(text: string): string {
  return text.split('\n').map(toVisible).join('\n');
}
