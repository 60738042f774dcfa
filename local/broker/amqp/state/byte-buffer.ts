import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';
import { frameHeaderBytes } from '../codec/frames.ts';

/** Collects what a socket hands out and cuts it into protocol headers and frames. */
export class ByteBuffer {
  #chunks: Buffer[] = [];
  #sizeBytes = 0;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#sizeBytes += chunk.length;
  }

  /** Takes the 8 bytes of a protocol header, or undefined while they are not complete. */
  takeHeader(): Buffer | undefined {
    return this.#take(frameHeaderBytes);
  }

  /** Takes the next frame, or undefined while it is not complete. Problem: its size is not allowed. */
  takeFrame(maxFrameBytes: number): Result<Buffer | undefined, string> {
    const head = this.#peek(4);
    if (head === undefined) return succeed(undefined);
    const size = head.readUInt32BE(0);
    if (size < frameHeaderBytes) return fail(`a frame cannot have ${size} bytes`);
    if (size > maxFrameBytes) return fail(`a frame of ${size} bytes exceeds ${maxFrameBytes}`);
    return succeed(this.#take(size));
  }

  #take(length: number): Buffer | undefined {
    const bytes = this.#peek(length);
    if (bytes === undefined) return undefined;
    const rest = this.#chunks[0]?.subarray(length);
    this.#chunks =
      rest === undefined || rest.length === 0
        ? this.#chunks.slice(1)
        : [rest, ...this.#chunks.slice(1)];
    this.#sizeBytes -= length;
    return bytes;
  }

  /** The first bytes in one piece. Chunks are joined only once all of them are there. */
  #peek(length: number): Buffer | undefined {
    if (this.#sizeBytes < length) return undefined;
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= length) return first.subarray(0, length);
    const joined = Buffer.concat(this.#chunks, this.#sizeBytes);
    this.#chunks = [joined];
    return joined.subarray(0, length);
  }
}
