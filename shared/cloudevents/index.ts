export { createEventReader, defaultLimits } from './event-reader.ts';
export type { EventReaderOptions } from './event-reader.ts';
export { keyFunctionOf } from './event-key.ts';
export type { KeyFunction } from './event-key.ts';
