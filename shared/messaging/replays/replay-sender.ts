import { createHash } from 'node:crypto';
import { AppError } from '../../kernel/app-error.ts';
import { spellJson } from '../../kernel/properties-text.ts';
import { replayProperties } from '../../kernel/replay-properties.ts';
import type { BusSender, OutgoingMessage } from '../../ports/bus.ts';
import type { PayloadStore } from '../../ports/payloads.ts';
import type { ReplayContent, ReplaySender, ReplayTarget } from '../../ports/replays.ts';
import { createHubCarrier } from '../hub-carrier.ts';
import type { HubSender } from '../hub-sender.ts';
import { referToPayload, wrapReplay } from '../relay-envelope.ts';

export interface ReplaySenderOptions {
  readonly bus: () => Promise<BusSender>;
  /** Sends to the landing hub. */
  readonly hub: HubSender;
  readonly partitionIds: () => Promise<readonly string[]>;
  /** Takes bodies that are too large for the hub. */
  readonly payloads: PayloadStore;
}

/** Sends replays to the landing hub and to queues of Service Bus. */
export function createReplaySender(options: ReplaySenderOptions): ReplaySender {
  const carrier = createHubCarrier({
    sender: options.hub,
    partitionIds: options.partitionIds,
    payloads: options.payloads,
    refer: referToPayload,
  });
  return {
    send: async (target, replayId, content) => {
      if (target.kind === 'hub') {
        const slot = createHash('sha256').update(content.orderBy).digest().readUInt32BE();
        await carrier.carry([{ slot, event: wrapReplay(content.deadLetterId, content) }]);
        return;
      }
      const bus = await options.bus();
      await orRefused(target, bus.send(target.entity, toMessage(target, replayId, content)));
    },
  };
}

/** The broker takes so many characters. */
const maxSessionLength = 128;

function toMessage(
  { kind }: ReplayTarget,
  messageId: string,
  content: ReplayContent,
): OutgoingMessage {
  const { contentType, partitionKey, body } = content;
  // The queue of replays has sessions, whatever the origin had.
  const sessionId = kind === 'handler' ? sessionOf(content.orderBy) : content.sessionId;
  return {
    messageId,
    body,
    properties: toProperties(kind, content),
    ...(contentType !== undefined && { contentType }),
    ...(sessionId !== undefined && { sessionId }),
    ...(sessionId === undefined && partitionKey !== undefined && { partitionKey }),
  };
}

function sessionOf(orderBy: string): string {
  if (orderBy.length <= maxSessionLength) return orderBy;
  return createHash('sha256').update(orderBy).digest('base64url');
}

/** What AMQP has no type for travels as its JSON text; the host had parsed it from there. */
function toProperties(
  kind: ReplayTarget['kind'],
  { deadLetterId, origin, isEdited, properties: died }: ReplayContent,
): OutgoingMessage['properties'] {
  const sent = [...died].filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries([
    ...sent.map(([name, value]) => [name, toPlain(value)] as const),
    [replayProperties.deadLetter, deadLetterId],
    ...(isEdited ? [[replayProperties.edited, true] as const] : []),
    ...(kind === 'handler' ? [[replayProperties.origin, origin] as const] : []),
  ]);
}

function toPlain(value: unknown): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'number') return value;
  return typeof value === 'boolean' ? value : spellJson(value);
}

/** An entity that is not there will not have taken anything. */
async function orRefused({ entity }: ReplayTarget, sending: Promise<void>): Promise<void> {
  try {
    await sending;
  } catch (error) {
    if (!(error instanceof AppError) || !isMissing(error.cause)) throw error;
    const message = `There is no queue ${entity}.`;
    throw new AppError('message.refused', message, { kind: 'permanent', cause: error });
  }
}

function isMissing(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'MessagingEntityNotFound';
}
