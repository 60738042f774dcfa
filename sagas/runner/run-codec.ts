import type { Command } from '../../domain/messages.ts';
import type { RunView } from './run-view.ts';
import type { JournalEntry, StuckCompensation } from './saga-state.ts';
import type {
  ClosingRequest,
  Entry,
  EntryRequest,
  ListingRequest,
  RunInput,
  RunMessage,
} from './run.ts';

// The engine carries these as JSON between parts of this application, and brings back what was put
// in. What is checked here is that it is one of ours at all; anything else is undefined.

export function toStartedInput(value: unknown): RunInput | undefined {
  if (!has(value, ['sagaId', 'token', 'run'])) return undefined;
  const isRun = value['run'] === 'forward' || value['run'] === 'return';
  return isRun ? (value as unknown as RunInput) : undefined;
}

/** Anybody who may call the engine can raise an event. */
export function toRunMessage(value: unknown): RunMessage | undefined {
  if (!has(value, ['kind'])) return undefined;
  const { kind, reply, id, reason } = value;
  if (kind === 'reply')
    return has(reply, replyTexts) && has(reply['outcome'], ['kind'])
      ? (value as unknown as RunMessage)
      : undefined;
  const isCancel = kind === 'cancel' && typeof id === 'string' && has(reason, ['code', 'detail']);
  return isCancel ? (value as unknown as RunMessage) : undefined;
}

export function toEntry(value: unknown): Entry | undefined {
  if (!has(value, ['kind'])) return undefined;
  if (value['kind'] === 'refused') return { kind: 'refused' };
  const isEntered = value['kind'] === 'entered' && has(value['start'], ['sagaId', 'instanceId']);
  return isEntered && Array.isArray(value['cancels']) ? (value as unknown as Entry) : undefined;
}

export function toEntryRequest(value: unknown): EntryRequest | undefined {
  const isRequest =
    toStartedInput(value) !== undefined && has(value) && typeof value['at'] === 'number';
  return isRequest ? (value as unknown as EntryRequest) : undefined;
}

export function toClosingRequest(value: unknown): ClosingRequest | undefined {
  const isRequest =
    toStartedInput(value) !== undefined && has(value) && has(value['ending'], ['outcome']);
  return isRequest ? (value as unknown as ClosingRequest) : undefined;
}

export function toListingRequest(value: unknown): ListingRequest | undefined {
  const isRequest = has(value, ['former']) && has(value['saga'], ['sagaId', 'phase']);
  return isRequest ? (value as unknown as ListingRequest) : undefined;
}

export function toCommand(value: unknown): Command | undefined {
  return has(value, commandTexts) ? (value as unknown as Command) : undefined;
}

export function toStuck(value: unknown): StuckCompensation | undefined {
  const isStuck = has(value, ['step', 'status', 'code']) && has(value['command'], commandTexts);
  return isStuck ? (value as unknown as StuckCompensation) : undefined;
}

const replyTexts = ['id', 'commandId', 'commandName', 'sagaId', 'replyTo'];
const commandTexts = ['id', 'name', 'participant', 'sagaId', 'replyTo', 'kind'];

/** Whether the value is an object in which all of these members are texts. */
function has(value: unknown, texts: readonly string[] = []): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return texts.every((name) => typeof (value as Record<string, unknown>)[name] === 'string');
}

/** What a run shows of itself, read back from the status of its instance. */
export function toShownView(value: unknown): RunView | undefined {
  const isView = has(value, ['phase']) && Array.isArray(value['journal']);
  return isView ? (value as unknown as RunView) : undefined;
}

/** The journal of an ending, as the run spelled it. */
export function toJournal(lines: readonly object[]): readonly JournalEntry[] {
  return lines as readonly JournalEntry[];
}
