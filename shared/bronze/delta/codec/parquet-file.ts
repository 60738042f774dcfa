import { constants, gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Compressors as Decompressors, SchemaElement } from 'hyparquet';
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

/** A file in memory as the reader wants it. */
export function asyncBuffer(bytes: Uint8Array) {
  return {
    byteLength: bytes.byteLength,
    slice: (start: number, end?: number): ArrayBuffer => {
      const part = bytes.slice(start, end);
      return part.buffer;
    },
  };
}

function compress(input: Uint8Array): Uint8Array {
  return zstdCompressSync(input, { params: { [constants.ZSTD_c_compressionLevel]: zstdLevel } });
}
