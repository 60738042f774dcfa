import type { SystemProperties } from '../state/message.ts';

export type SystemPropertyName = keyof SystemProperties;

/** The names that follow `sys.`, in lower case; `Label` is the older name of `Subject`. */
const names: ReadonlyMap<string, SystemPropertyName> = new Map([
  ['messageid', 'messageId'],
  ['correlationid', 'correlationId'],
  ['to', 'to'],
  ['replyto', 'replyTo'],
  ['label', 'subject'],
  ['subject', 'subject'],
  ['sessionid', 'sessionId'],
  ['replytosessionid', 'replyToSessionId'],
  ['contenttype', 'contentType'],
  ['partitionkey', 'partitionKey'],
]);

/** The names as people write them, for a message that says what there is. */
export const systemPropertyList =
  'MessageId, CorrelationId, To, ReplyTo, Label, SessionId, ReplyToSessionId, ContentType, PartitionKey';

/** The system property that a name after `sys.` means, whatever its case. */
export function findSystemProperty(name: string): SystemPropertyName | undefined {
  return names.get(name.toLowerCase());
}
