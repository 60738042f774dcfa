import type { RejectionVector } from './rejection-vector.ts';
import { attributeRejections } from './rejections-of-attributes.ts';
import { bytesRejections, modeRejections } from './rejections-of-bytes.ts';
import { binaryRejections, contentRejections } from './rejections-of-content.ts';

/** Every way to be refused, with all its codes. */
export const rejections: readonly RejectionVector[] = [
  ...bytesRejections,
  ...modeRejections,
  ...attributeRejections,
  ...contentRejections,
  ...binaryRejections,
];
