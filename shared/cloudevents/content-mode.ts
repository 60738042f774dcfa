import type { HubMessage } from '../ports/hub.ts';
import { hasAttributes } from './binary-mode.ts';
import { isJsonMediaType, mediaTypeOf } from './text-forms.ts';

/** How a message carries events. */
export type ContentMode =
  | 'structured'
  | 'batch'
  | 'binary'
  /** JSON without a content type of CloudEvents: the text says whether it is an event or a batch. */
  | 'json'
  | 'unsupported-format'
  | 'no-event';

/** Source: CloudEvents AMQP binding 1.0, 3; the content type of CloudEvents wins over properties. */
export function contentModeOf(message: HubMessage): ContentMode {
  const { contentType } = message;
  const declared = contentType === undefined ? undefined : modeOfFormat(contentType);
  if (declared !== undefined) return declared;
  if (hasAttributes(message)) return 'binary';
  if (contentType === undefined || contentType === '') return 'json';
  const mediaType = mediaTypeOf(contentType);
  return mediaType !== undefined && isJsonMediaType(mediaType) ? 'json' : 'no-event';
}

function modeOfFormat(contentType: string): ContentMode | undefined {
  if (contentType === 'application/cloudevents+json') return 'structured';
  if (!/^application\/cloudevents/i.test(contentType)) return undefined;
  return formats.get(mediaTypeOf(contentType) ?? '') ?? 'unsupported-format';
}

const formats: ReadonlyMap<string, ContentMode> = new Map([
  ['application/cloudevents', 'structured'],
  ['application/cloudevents+json', 'structured'],
  ['application/cloudevents-batch+json', 'batch'],
]);
