import { constants, gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { AsyncBuffer, Compressors as Decompressors, SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

/**
 * Level 1 gave the smallest files in the least time on event rows: ids and amounts have little
 * that a longer search could find.
 */
const zstdLevel = 1;

/** An application name and version in the form that parquet-mr parses. */
const createdBy = 'bronzeflow version 1.0.0';

/** Decompressors for files that other engines may have written. */
export const decompressors: Decompressors = {
  ZSTD: (input) => zstdDecompressSync(input),
  GZIP: (input) => gunzipSync(input),
};

/** Opens a Parquet file in memory whose row groups are written one by one. */
export function createParquetFile(elements: readonly SchemaElement[], columns: number) {
  return new ParquetWriter({
    writer: new ByteWriter(),
    schema: [{ name: 'root', num_children: columns }, ...elements],
    codec: 'ZSTD',
    compressors: { ZSTD: compress },
    createdBy,
  });
}

/** Ends the file and returns its bytes. */
export function finishParquetFile(file: ParquetWriter): Uint8Array {
  void file.finish();
  return file.writer.getBytes();
}

/** A file in memory as the reader wants it: each slice a buffer of its own. */
export function asyncBuffer(bytes: Uint8Array): AsyncBuffer {
  return {
    byteLength: bytes.byteLength,
    // A Buffer's own slice would be a view of a larger pool.
    slice: (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
}

/** Pages up to this size are stored: setting up a compressor costs more than they could save. */
const storedBytes = 64;

function compress(input: Uint8Array): Uint8Array {
  if (input.byteLength <= storedBytes) return storedFrame(input);
  return zstdCompressSync(input, { params: { [constants.ZSTD_c_compressionLevel]: zstdLevel } });
}

/** A zstd frame with one raw block. Source: RFC 8878, sections 3.1.1.1 and 3.1.1.2. */
function storedFrame(input: Uint8Array): Uint8Array {
  const singleSegment = 0x20;
  const lastRawBlock = (input.byteLength << 3) | 1;
  const header = [0x28, 0xb5, 0x2f, 0xfd, singleSegment, input.byteLength];
  return Buffer.concat([
    Uint8Array.from([...header, lastRawBlock & 0xff, lastRawBlock >> 8, 0]),
    input,
  ]);
}
