import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** A property holds 64 KB, an entity 1 MB; both with some room for names and keys. */
const maxChunkBytes = 60 * 1024;
const chunksPerRow = 15;
/** A transaction takes 4 MB of JSON, in which bytes are base64: 40 chunks make 3.3 MB. */
const maxChunks = 40;
/** No body of ours comes near; a damaged one must not take all memory. */
const maxBodyBytes = 256 * 1024 * 1024;

/** The chunk properties of one row, by name. */
export type ChunkProperties = Readonly<Record<string, Uint8Array>>;

/** JSON compressed into rows of properties, or `too-large` for one transaction. */
export function toChunks(value: unknown): readonly ChunkProperties[] | 'too-large' {
  const params = { [constants.ZSTD_c_checksumFlag]: 1 };
  const bytes = zstdCompressSync(JSON.stringify(value), { params });
  const count = Math.ceil(bytes.length / maxChunkBytes);
  if (count > maxChunks) return 'too-large';
  return Array.from({ length: Math.ceil(count / chunksPerRow) }, (_, row) => {
    const names = Array.from(
      { length: chunksPerRow },
      (_name, place) => row * chunksPerRow + place,
    );
    const chunks = names
      .filter((chunk) => chunk < count)
      .map((chunk) => {
        const start = chunk * maxChunkBytes;
        return [`chunk${chunk}`, bytes.subarray(start, start + maxChunkBytes)] as const;
      });
    return Object.fromEntries(chunks);
  });
}

/** The value whose chunks the rows hold, in the order of the rows. Throws on damaged bytes. */
export function fromChunks(rows: readonly Readonly<Record<string, unknown>>[]): unknown {
  const chunks: Uint8Array[] = [];
  for (const row of rows) {
    for (let chunk = row[`chunk${chunks.length}`]; chunk instanceof Uint8Array;) {
      chunks.push(chunk);
      chunk = row[`chunk${chunks.length}`];
    }
  }
  const bytes = zstdDecompressSync(Buffer.concat(chunks), { maxOutputLength: maxBodyBytes });
  return JSON.parse(bytes.toString('utf8')) as unknown;
}
