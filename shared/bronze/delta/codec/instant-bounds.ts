/** Bounds of timestamps: statistics hold milliseconds, so a minimum is floored and a maximum raised. */

const firstMs = Date.parse('0001-01-01T00:00:00.000Z');
const lastMs = Date.parse('9999-12-31T23:59:59.999Z');

/** ISO 8601 of the last millisecond not after `micros`; undefined outside the years 1 to 9999. */
export function instantLowerBound(micros: bigint): string | undefined {
  return iso(floorToMs(micros));
}

/** ISO 8601 of the first millisecond not before `micros`; undefined outside the years 1 to 9999. */
export function instantUpperBound(micros: bigint): string | undefined {
  return iso(-floorToMs(-micros));
}

/** Division of bigint truncates towards zero, which is the wrong way before 1970. */
function floorToMs(micros: bigint): bigint {
  const quotient = micros / 1000n;
  return micros < 0n && quotient * 1000n !== micros ? quotient - 1n : quotient;
}

function iso(ms: bigint): string | undefined {
  const number = Number(ms);
  return number >= firstMs && number <= lastMs ? new Date(number).toISOString() : undefined;
}
