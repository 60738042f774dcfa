/**
 * Chooses the partition of a key exactly as the service does, so that a key lands where it would in
 * Azure. Source: Bob Jenkins, lookup3 hashlittle2 (public domain), with both halves folded to 16 bits.
 */
export function partitionOfKey(partitionKey: string, partitionCount: number): number {
  const { b, c } = hash(Buffer.from(partitionKey, 'utf8'));
  // Folded as a signed number: its remainder is negative for half of the keys.
  const folded = ((b ^ c) << 16) >> 16;
  return Math.abs(folded % partitionCount);
}

interface State {
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** lookup3 takes 12 bytes at a time; 1 to 12 are left for the end. */
const blockBytes = 12;

function hash(bytes: Buffer): State {
  const seed = (0xdeadbeef + bytes.length) | 0;
  let state: State = { a: seed, b: seed, c: seed };
  if (bytes.length === 0) return state;
  let offset = 0;
  for (; bytes.length - offset > blockBytes; offset += blockBytes) {
    state = mix(addBlock(state, bytes.subarray(offset, offset + blockBytes)));
  }
  const tail = Buffer.alloc(blockBytes);
  bytes.copy(tail, 0, offset);
  return finish(addBlock(state, tail));
}

function addBlock(state: State, block: Buffer): State {
  return {
    a: (state.a + block.readInt32LE(0)) | 0,
    b: (state.b + block.readInt32LE(4)) | 0,
    c: (state.c + block.readInt32LE(8)) | 0,
  };
}

function mix(state: State): State {
  let { a, b, c } = state;
  a = ((a - c) | 0) ^ rotate(c, 4);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ rotate(a, 6);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ rotate(b, 8);
  b = (b + a) | 0;
  a = ((a - c) | 0) ^ rotate(c, 16);
  c = (c + b) | 0;
  b = ((b - a) | 0) ^ rotate(a, 19);
  a = (a + c) | 0;
  c = ((c - b) | 0) ^ rotate(b, 4);
  b = (b + a) | 0;
  return { a, b, c };
}

function finish(state: State): State {
  let { a, b, c } = state;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return { a, b, c };
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
