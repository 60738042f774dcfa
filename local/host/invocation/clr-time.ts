/**
 * A `DateTime` of a message, written as the extensions of version 5 and later do: UTC, but without
 * any mark of it. `new Date(text)` reads it as local time.
 *
 * Source: github.com/Azure/azure-functions-nodejs-library/issues/351.
 */
export function ofDateTime(instant: Date): string {
  return instant.toISOString().replace(/\.?0*Z$/, '');
}

/** A `DateTimeOffset`: the same with the offset. */
export function ofDateTimeOffset(instant: Date): string {
  return `${ofDateTime(instant)}+00:00`;
}
