import { propertiesText } from '../../kernel/properties-text.ts';
import { fail, succeed, type Result } from '../../kernel/result.ts';
import type { DeadMessage } from '../../ports/dead-letters.ts';
import type { HubMessage } from '../../ports/hub.ts';
import type { OutgoingEvent } from '../hub-sender.ts';
import { readHead, type LetterHead } from './letter-head-codec.ts';

/*
 * A dead letter on its way through the hub `dead-letters`: one line of JSON (the head), then the
 * bytes that the message had. All of it is in the body, because properties change on the way: the
 * Functions host parses those that look like JSON and changes the case of their names. A letter
 * that is too large for the hub rests as a blob as a whole; then the body refers to it.
 */

const markName = 'x-bronzeflow-dead-letter';
const payloadName = 'x-bronzeflow-payload';
const version = '1';
const lineFeed = 0x0a;

/** A dead letter that has arrived, with the bytes that it had. */
export interface Letter extends LetterHead {
  readonly body: Uint8Array;
}

/** The event that carries a dead letter. */
export function encodeLetter({ body, properties, ...head }: DeadMessage): OutgoingEvent {
  const text = JSON.stringify({ ...head, properties: propertiesText(properties) });
  return {
    contentType: 'application/octet-stream',
    properties: new Map([[markName, version]]),
    // JSON has no line feed of its own.
    body: Buffer.concat([Buffer.from(`${text}\n`, 'utf8'), body]),
  };
}

/** The same event with a reference to the blob that has its body. */
export function referToLetter(event: OutgoingEvent, reference: string): OutgoingEvent {
  return {
    ...event,
    properties: new Map([...event.properties, [payloadName, reference]]),
    body: Buffer.from(JSON.stringify({ [payloadName]: reference }), 'utf8'),
  };
}

/** The blob that holds the body; undefined when the message has it itself. */
export function letterReference({ properties }: HubMessage): string | undefined {
  const reference = properties.get(payloadName);
  return typeof reference === 'string' ? reference : undefined;
}

/** Reads a letter. Total: any message is one, or it is said why not. */
export function decodeLetter({ properties, body }: HubMessage): Result<Letter, string> {
  // A host may take the text for a number.
  if (String(properties.get(markName)) !== version) return fail('it has no mark of ours');
  const end = body.indexOf(lineFeed);
  if (end < 0) return fail('it has no head');
  const head = readHead(Buffer.from(body.buffer, body.byteOffset, end).toString('utf8'));
  return head.ok ? succeed({ ...head.value, body: body.subarray(end + 1) }) : head;
}
