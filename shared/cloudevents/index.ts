export { createEventReader, defaultLimits } from './event-reader.ts';
export type { EventReaderOptions } from './event-reader.ts';
export type { ReaderLimits } from './decoded-event.ts';
export type { Profile } from './envelope-rules.ts';
export { keyFunctionOf } from './event-key.ts';
export type { KeyFunction } from './event-key.ts';
