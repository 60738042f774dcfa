import { AppError, type ErrorDetails } from '../../kernel/app-error.ts';

/** The log or a file that it names breaks the Delta protocol: somebody must look at it. */
export function corruptLog(reason: string, details: ErrorDetails): AppError {
  return new AppError('delta.corrupt_log', `Delta log: ${reason}`, { kind: 'permanent', details });
}

/** The rows or the schema of an append do not fit the table. */
export function schemaMismatch(table: string, reason: string): AppError {
  return new AppError('delta.schema_mismatch', `Table ${table}: ${reason}`, {
    kind: 'permanent',
    details: { table },
  });
}

/** The table needs a feature that we do not have; writing on would damage it. */
export function unsupportedProtocol(table: string, reason: string): AppError {
  const message =
    `Table ${table} ${reason}. Bronzeflow writes reader version 1, writer version 2. ` +
    'Drop the feature from the table (ALTER TABLE ... DROP FEATURE, or rewrite the table), ' +
    'and keep maintenance jobs from enabling it again.';
  return new AppError('delta.unsupported_protocol', message, {
    kind: 'permanent',
    details: { table },
  });
}

/** The store answered, but not usefully: the same call may succeed later. */
export function lakeUnavailable(reason: string, details: ErrorDetails, cause?: unknown): AppError {
  return new AppError('lake.unavailable', `Lake: ${reason}`, {
    kind: 'transient',
    details,
    ...(cause === undefined ? {} : { cause }),
  });
}
