import { authorOutsideHubs } from '../../shared/kernel/author.ts';
import type { EpochMs } from '../../shared/kernel/time.ts';
import type { DeadMessage } from '../../shared/ports/dead-letters.ts';
import { encodeCommand } from '../message-codec.ts';
import type { StuckCompensation } from './saga-state.ts';

/** What the dead letter of a compensation needs beside it. */
export interface Attention {
  /** The queue of the participant: a replay sends the command there again. */
  readonly queue: string;
  readonly at: EpochMs;
}

/**
 * The dead letter of a compensation that a person must finish: its message is the command to repeat,
 * and it says what stands in the way. A copy of it is the same dead letter.
 */
export function stuckLetter(stuck: StuckCompensation, { queue, at }: Attention): DeadMessage {
  const { command, step, status, code, detail } = stuck;
  const { contentType, sessionId, properties, body } = encodeCommand(command);
  return {
    author: authorOutsideHubs('saga', command.sagaId, step),
    sequenceNumber: 0,
    origin: queue,
    stage: 'saga',
    partitionId: '0',
    offset: command.id,
    rejection: {
      category: code.includes('timeout') ? 'timeout' : 'processing',
      violations: [
        {
          code: `saga.compensation_${status}`,
          detail: `Step ${step} of saga ${command.sagaId} could not be undone.`,
        },
        { code, detail },
      ],
    },
    deadLetteredAt: at,
    deliveryCount: command.attempt,
    contentType: contentType ?? null,
    sessionId: sessionId ?? null,
    partitionKey: null,
    properties: new Map(Object.entries(properties)),
    body,
  };
}
