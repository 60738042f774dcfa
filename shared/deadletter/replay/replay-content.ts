import { replayProperties } from '../../kernel/replay-properties.ts';
import { fail, succeed, type Result } from '../../kernel/result.ts';
import type { DeadLetterRecord } from '../../ports/dead-letters.ts';
import type { ReplayContent } from '../../ports/replays.ts';
import { editEvent } from './edit-event.ts';
import type { PatchOperation } from './json-patch.ts';
import { parseObject } from './parse-object.ts';
import type { Refusal } from './replay-outcome.ts';

const structured = 'application/cloudevents+json';

/** The message that replays a letter, with the bytes that it had, or its edited event. */
export function replayContent(
  record: DeadLetterRecord,
  consumer: string,
  {
    body,
    patch,
  }: { readonly body: Uint8Array; readonly patch: readonly PatchOperation[] | undefined },
): Result<ReplayContent, Refusal> {
  const properties = new Map(parseObject(record.properties) ?? []);
  for (const name of Object.values(replayProperties)) properties.delete(name);
  const died = { contentType: contentTypeOf(record, body), properties, body };
  const edited = patch === undefined ? succeed(died) : editEvent(died, patch);
  if (!edited.ok) return fail(edited.problem);
  return succeed({
    ...edited.value,
    ...transportOf(record),
    deadLetterId: record.id,
    origin: consumer,
    isEdited: patch !== undefined,
  });
}

function transportOf({ id, sessionId, partitionKey, subject }: DeadLetterRecord) {
  return {
    sessionId: sessionId ?? undefined,
    partitionKey: partitionKey ?? undefined,
    orderBy: sessionId ?? partitionKey ?? subject ?? id,
  };
}

const openBracket = 0x5b;

/** A letter of one event of a JSON batch holds that event alone. */
function contentTypeOf({ contentType }: DeadLetterRecord, body: Uint8Array): string | undefined {
  if (contentType === null) return undefined;
  const isBatch = /^application\/cloudevents-batch/i.test(contentType);
  const first = body.find((byte) => byte > 0x20);
  return isBatch && first !== openBracket ? structured : contentType;
}
