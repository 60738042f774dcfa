import { definitions } from '../../sagas/definitions.ts';
import type { StartPreview } from '../../sagas/runner/preview-demand.ts';
import {
  createDemandReader,
  type DemandReader,
  type SagaDemand,
} from '../../sagas/runner/read-demands.ts';
import {
  sagaKeyOf,
  takeDemand,
  type DemandOutcome,
  type SagaStarter,
} from '../../sagas/runner/take-demand.ts';
import { actOnce } from '../../shared/ingest/act-once.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { replayProperties } from '../../shared/kernel/replay-properties.ts';
import { fail, succeed } from '../../shared/kernel/result.ts';
import { epochMs } from '../../shared/kernel/time.ts';
import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import type { EventReader, ReadItem, Rejection } from '../../shared/ports/events.ts';
import type { HubMessage } from '../../shared/ports/hub.ts';
import type { InboxKey } from '../../shared/ports/inbox.ts';
import type { Prediction, ReplayContent } from '../../shared/ports/replays.ts';
import { entities } from '../entities.ts';
import type { Foundation } from './foundation.ts';
import { openInbox } from './inbox.ts';
import { predictDemands, toReadable, wouldBeDuplicate, wouldFail } from './predict.ts';

/** What the functions of the orders queue do. */
export interface OrderDuty {
  /**
   * Hands a command to the sagas once, however often it is delivered, and in the order of its
   * session. Errors: as `Recoverer`.
   */
  readonly handleCommand: (starter: SagaStarter, message: BusMessage) => Promise<void>;
  /** What would become of a replayed command, with reads alone. Errors: those of the stores. */
  readonly predict: (start: StartPreview, content: ReplayContent) => Promise<Prediction>;
  /** Forgets commands that were handled longer ago than the claim lifetime. */
  readonly cleanInbox: () => Promise<void>;
}

/** The name of this consumer in its inbox. */
const consumer = 'orders';

export async function composeOrders(foundation: Foundation): Promise<OrderDuty> {
  const { config, clock, log } = foundation;
  const [reader, recovery, { inbox, store, preview }] = await Promise.all([
    foundation.reader(),
    foundation.recovery(),
    openInbox(foundation),
  ]);
  const demands = createDemandReader(reader, definitions);
  return {
    handleCommand: (starter, message) =>
      recovery.handle({ entity: entities.ordersQueue, message }, async () => {
        const command = readCommand(reader, demands, { ...message, offset: '' });
        if (!command.ok) return command.problem;
        const { key, payloadHash, asked } = command.value;
        const isReplay = message.properties.has(replayProperties.deadLetter);
        const delivery = { key: { ...key, consumer }, payloadHash, isReplay };
        const act = async () => JSON.stringify(await takeCommand(starter, asked));
        const outcome = await actOnce(inbox, delivery, act);
        if (outcome.kind === 'payload-mismatch') throw refused('idempotency.payload_mismatch');
        log.info('Handled an order command', { outcome: outcome.kind, taken: outcome.result });
        return undefined;
      }),
    predict: async (start, content) => {
      const command = readCommand(reader, demands, toReadable(content));
      if (!command.ok) return wouldFail(...command.problem.violations);
      const { key, payloadHash, asked } = command.value;
      const known = await preview({ ...key, consumer }, payloadHash);
      if (known === 'payload-mismatch') return wouldFail(payloadMismatch);
      return known === 'done' ? wouldBeDuplicate : await predictDemands(start, asked);
    },
    cleanInbox: async () => {
      const before = epochMs(clock.now() - config.idempotency.claimLifetime);
      const forgotten = await store.forget(consumer, before);
      log.info('Cleaned the inbox', { consumer, forgotten });
    },
  };
}

/** A command of an order, or why nobody can handle it. */
function readCommand(reader: EventReader, demands: DemandReader, message: HubMessage) {
  const [item, ...others] = reader.read(message);
  if (others.length > 0) return fail(because('batch.not_supported', 'A command comes alone.'));
  if (item.judgement.kind === 'rejected') return fail(item.judgement.rejection);
  const asked = demands.demandsOf(item);
  const [first] = asked;
  if (first === undefined) {
    return fail(because('saga.not_concerned', 'No saga is started or cancelled by this type.'));
  }
  const { key, payloadHash } = item.judgement;
  const entity = entityOf(item, sagaKeyOf(first));
  return succeed({ key: { ...key, ...(entity && { entity }) }, payloadHash, asked });
}

const payloadMismatch = {
  code: 'idempotency.payload_mismatch',
  detail: 'A command with this source and id but another payload has been handled.',
};

function because(code: string, detail: string): Rejection {
  return { category: 'processing', violations: [{ code, detail }] };
}

/** The kinds of what became of the command. */
async function takeCommand(
  starter: SagaStarter,
  asked: readonly SagaDemand[],
): Promise<readonly DemandOutcome['kind'][]> {
  const kinds: DemandOutcome['kind'][] = [];
  for (const demand of asked) {
    const outcome = await takeDemand(starter, demand);
    if (outcome.kind === 'unstartable') throw refused(outcome.code);
    kinds.push(outcome.kind);
  }
  return kinds;
}

/** The saga and its version, by the CloudEvents extension `sequence`, for optimistic locking. */
function entityOf({ columns }: ReadItem, id: string): InboxKey['entity'] {
  const extensions: unknown = JSON.parse(columns.extensions);
  const isKnown = typeof extensions === 'object' && extensions !== null && 'sequence' in extensions;
  const version = isKnown ? Number(extensions.sequence) : Number.NaN;
  return Number.isSafeInteger(version) ? { id, version } : undefined;
}

function refused(code: string): AppError {
  return new AppError('message.refused', `An order command cannot be handled: ${code}.`, {
    kind: 'permanent',
    details: { code },
  });
}
