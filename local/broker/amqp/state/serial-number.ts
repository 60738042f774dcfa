/** Transfer ids and delivery counts are 32-bit serial numbers that wrap around. Source: RFC 1982. */
export function addSerial(serial: number, increment: number): number {
  return (serial + increment) >>> 0;
}

/** How far `serial` is ahead of `other`; negative if it is behind. */
export function subtractSerial(serial: number, other: number): number {
  return (serial - other) | 0;
}
