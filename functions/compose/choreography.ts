import type { ParticipantName } from '../../domain/messages.ts';
import {
  addresseeOf,
  react,
  type Posting,
  type Received,
} from '../../sagas/choreography/service.ts';
import type {
  ChoreographyEvent,
  ThreadEvent,
} from '../../sagas/choreography/choreography-event.ts';
import {
  decodeEvent,
  encodeEvent,
  postponedProperty,
} from '../../sagas/choreography/event-codec.ts';
import { reportTracked } from '../../sagas/choreography/report.ts';
import {
  choreographedStarter,
  previewChoreographed,
  readState,
} from '../../sagas/choreography/starter.ts';
import { stuckOf } from '../../sagas/choreography/tracked-saga.ts';
import { trackEvent, trackerHost, type TrackingPorts } from '../../sagas/choreography/tracking.ts';
import { definitionNamed } from '../../sagas/definitions.ts';
import { stuckLetter } from '../../sagas/runner/attention.ts';
import type { RunnerPorts } from '../../sagas/runner/runner-ports.ts';
import type { SagaReport } from '../../sagas/runner/saga-report.ts';
import type { StartPreview } from '../../sagas/runner/preview-demand.ts';
import type { SagaStarter } from '../../sagas/runner/take-demand.ts';
import { stateTables } from '../../shared/config/state-tables.ts';
import { mapLimited } from '../../shared/ingest/map-limited.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { BusMessage } from '../../shared/messaging/bus-message.ts';
import type { BusSender } from '../../shared/ports/bus.ts';
import type { Prediction, ReplayContent } from '../../shared/ports/replays.ts';
import { createTableDueRows } from '../../shared/sagas/table-due-rows.ts';
import { entities, subscriptionPath } from '../entities.ts';
import type { Foundation } from './foundation.ts';
import { wouldFail, wouldPass } from './predict.ts';
import type { ParticipantsDuty } from './participants.ts';

/** What the choreographed variant does. Each throws when something that it needs is down. */
export interface ChoreographyDuty {
  /** Opens what the first event would otherwise wait for. Errors: `broker.unavailable`. */
  readonly connect: () => Promise<void>;
  readonly starter: SagaStarter;
  readonly previewStart: StartPreview;
  /**
   * Has a participant react to a message of its subscription, and the tracker take it in if the
   * participant is its host. Errors: as `Recoverer`.
   */
  readonly takeMessage: (participant: ParticipantName, message: BusMessage) => Promise<void>;
  /** What would become of a replayed message. */
  readonly predict: (content: ReplayContent) => Prediction;
  /** Has the trackers of sagas that may have waited for too long look at the clock. */
  readonly expire: () => Promise<void>;
  /** A saga as the HTTP API shows it; undefined when nothing is known of it. */
  readonly describe: (sagaId: string) => Promise<SagaReport | undefined>;
}

/** How many sagas are looked at in one sweep, and how many side by side. */
const sweep = { limit: 5_000, concurrency: 16 };

/** Errors: `storage.unavailable` (transient). */
export async function composeChoreography(
  foundation: Foundation,
  runner: RunnerPorts,
  { handle }: Pick<ParticipantsDuty, 'handle'>,
): Promise<ChoreographyDuty> {
  const { bus, clock, log, state, deadLetters } = foundation;
  const recovery = await foundation.recovery();
  const rows = createTableDueRows(await state.table(stateTables.choreography));
  const publish = publisherOn(bus);
  const { listing, settings } = runner;
  const ports: TrackingPorts = {
    ...{ definitionNamed, handle, publish, rows, listing, clock },
    callForHelp: async (saga, definition) => {
      const letters = stuckOf(saga, definition).map((stuck) => {
        const queue = entities.commandQueues[stuck.command.participant];
        return stuckLetter(stuck, { queue, at: clock.now() });
      });
      await deadLetters.reject(letters);
    },
    patience: { step: settings.stepPatience, compensation: settings.compensationPatience },
  };
  return {
    connect: async () => {
      await bus();
    },
    starter: choreographedStarter({ rows, publish, clock, timeout: settings.timeout }),
    previewStart: (definition, event) => previewChoreographed({ rows }, definition, event),
    predict: predictEvent,
    takeMessage: async (participant, message) => {
      const entity = subscriptionPath(entities.choreographyTopic, participant);
      await recovery.handle({ entity, message }, async (deliveryCount) => {
        await takeEvent(participant, readEvent(message, deliveryCount), ports);
        return undefined;
      });
    },
    expire: async () => {
      const due = await rows.due(clock.now(), sweep.limit);
      await mapLimited(due, sweep.concurrency, ({ id: sagaId, dueAt }) =>
        publish({ kind: 'clock-struck', id: `${sagaId}/clock/${dueAt}`, sagaId }),
      );
      if (due.length > 0) log.info('Looked at sagas that wait', { sagas: due.length });
    },
    describe: async (sagaId) => {
      const known = await readState({ rows }, sagaId);
      const name = known.saga?.thread.definition;
      return reportTracked(sagaId, known, name === undefined ? undefined : definitionNamed(name));
    },
  };
}

function predictEvent({ body }: ReplayContent): Prediction {
  const event = decodeEvent(body);
  return event.ok ? wouldPass : wouldFail({ code: 'message.refused', detail: event.problem });
}

/** Every event goes to the topic, in the session of its saga. */
function publisherOn(bus: () => Promise<BusSender>) {
  return async (
    event: ChoreographyEvent,
    { deliverAt, isPostponed = false }: Posting = {},
  ): Promise<void> => {
    const message = encodeEvent(event, addresseeOf(event, { definitionNamed }), isPostponed);
    await (await bus()).send(entities.choreographyTopic, message, deliverAt);
  };
}

async function takeEvent(
  participant: ParticipantName,
  { event, delivery }: Received,
  ports: TrackingPorts,
): Promise<void> {
  // The tracker has seen an event that its own context has put off.
  if (participant === trackerHost && !delivery.isPostponed) {
    await trackEvent({ event, delivery }, ports);
  } else if (isThreadEvent(event)) {
    await react(participant, { event, delivery }, ports);
  }
}

function isThreadEvent(event: ChoreographyEvent): event is ThreadEvent {
  return 'thread' in event && event.kind !== 'start-requested';
}

function readEvent({ body, properties }: BusMessage, deliveryCount: number): Received {
  const event = decodeEvent(body);
  const isPostponed = properties.has(postponedProperty);
  if (event.ok) return { event: event.value, delivery: { deliveryCount, isPostponed } };
  throw new AppError('message.refused', `A message is no event of a saga: ${event.problem}.`, {
    kind: 'permanent',
  });
}
