import { exportFormats, type ExportFormat } from '../../shared/deadletter/export-formats.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import type { DeadLetterDesk, LetterQuery } from '../../shared/ports/dead-letter-desk.ts';
import type { Problem } from '../http-problem.ts';
import { readLetterQuery, type QueryTexts } from './dead-letter-query.ts';
import { unknownValue } from './query-problems.ts';

/** All letters that were asked for, as a text that is made while it is read. */
export interface Export {
  readonly format: ExportFormat;
  /** One piece for each page: no more than two pages are in memory. */
  readonly pieces: AsyncIterable<string>;
}

/** As many as one request to the table can give. */
const pageSize = 999;

/** Begins an export: its first page is read, so that what is wrong at once is known at once. */
export async function openExport(
  desk: Pick<DeadLetterDesk, 'list'>,
  texts: QueryTexts,
): Promise<Result<Export, Problem>> {
  const name = texts.get('format') ?? 'csv';
  const format = exportFormats.find((known) => known.name === name);
  if (format === undefined) {
    const known = exportFormats.map((each) => each.name);
    return fail(unknownValue('format', name, known));
  }
  const query = readLetterQuery(texts);
  if (!query.ok) return query;
  const pages = readPages(desk, { ...query.value, size: pageSize });
  const first = await pages.next();
  const pieces = async function* (): AsyncIterable<string> {
    yield format.head;
    if (first.done === true) return;
    yield first.value.map(format.line).join('');
    for await (const page of pages) yield page.map(format.line).join('');
  };
  return succeed({ format, pieces: pieces() });
}

async function* readPages(desk: Pick<DeadLetterDesk, 'list'>, query: LetterQuery) {
  let { after } = query;
  do {
    const { letters, next } = await desk.list({ ...query, ...(after !== undefined && { after }) });
    yield letters;
    after = next;
  } while (after !== undefined);
}
