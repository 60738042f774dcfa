const grammar = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Position that each byte of a UUID has in the layout of a .NET GUID; the mapping is its own inverse. */
const guidOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/** The 16 bytes of a UUID in network order; `undefined` if the text is none. */
export function parseUuid(text: string): Buffer | undefined {
  return grammar.test(text) ? Buffer.from(text.replaceAll('-', ''), 'hex') : undefined;
}

/** The canonical text of a UUID, lower case. */
export function formatUuid(bytes: Uint8Array): string {
  const digits = Buffer.from(bytes).toString('hex');
  const cuts = [0, 8, 12, 16, 20, 32];
  return cuts
    .slice(1)
    .map((end, index) => digits.slice(cuts[index], end))
    .join('-');
}

/** Swaps between network order and the order of a .NET GUID, in which delivery tags carry locks. */
export function swapGuidOrder(bytes: Uint8Array): Buffer {
  return Buffer.from(guidOrder.map((position) => bytes[position] ?? 0));
}
