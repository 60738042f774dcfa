import type { JsonObject } from '../../shared/kernel/json-value.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import { toSagaId } from '../../shared/kernel/saga-id.ts';
import type { EventKey } from '../../shared/ports/events.ts';
import type { SagaClaim } from '../../shared/ports/sagas.ts';
import type { SagaDefinition } from '../definition.ts';
import { instanceIdOf, toRunInput } from './run.ts';
import type { InstancePorts } from './runner-ports.ts';

/** An event that starts a saga or cancels it, read and judged. */
export interface SagaEvent {
  readonly key: EventKey;
  readonly data: JsonObject;
  readonly traceparent?: string;
}

export type StartOutcome =
  /** A run was asked for; this may be a repetition after a crash. */
  | { readonly kind: 'started'; readonly sagaId: string }
  /** The saga has a run already, or has ended. */
  | { readonly kind: 'duplicate'; readonly sagaId: string }
  /** No repetition will help. */
  | { readonly kind: 'unstartable'; readonly code: string; readonly detail: string };

/**
 * Longest facts in UTF-16 units. Facts are part of commands, of which a broker takes 256 KB, and of
 * the claim, which holds all that is stuck in the end.
 */
const maxFactsLength = 30_000;

/**
 * Claims the saga that an event starts and asks for its run. Repeating it is harmless: as long as
 * no run has entered the claim another one is asked for, with a token of its own, and only one will
 * enter. Errors: those of the store and of the engine (transient).
 */
export async function startSaga(
  ports: InstancePorts,
  definition: SagaDefinition,
  event: SagaEvent,
): Promise<StartOutcome> {
  const demanded = claimOf(ports, definition, event);
  if (!demanded.ok) return { kind: 'unstartable', ...demanded.problem };
  const { sagaId } = demanded.value;
  const claim = await standingClaim(ports, demanded.value);
  if (claim.definition !== definition.name) {
    const detail = `The saga id ${sagaId} belongs to a saga ${claim.definition}.`;
    return { kind: 'unstartable', code: 'saga.id_taken', detail };
  }
  if (claim.phase !== 'claimed') return { kind: 'duplicate', sagaId };
  const input = toRunInput({ sagaId, run: 'forward', token: ports.newToken() });
  await ports.instances.start(instanceIdOf(sagaId, 'forward'), input);
  return { kind: 'started', sagaId };
}

/** Why an event starts no saga, however often it is tried. */
export interface Unstartable {
  readonly code: string;
  readonly detail: string;
}

function claimOf(
  { clock }: InstancePorts,
  definition: SagaDefinition,
  event: SagaEvent,
): Result<SagaClaim, Unstartable> {
  const read = readStart(definition, event);
  if (!read.ok) return read;
  const { key, traceparent } = event;
  return succeed({
    ...read.value,
    definition: definition.name,
    phase: 'claimed',
    startedBy: { source: key.source, id: key.id },
    ...(traceparent !== undefined && { traceparent }),
    claimedAt: clock.now(),
  });
}

/** What a saga begins with: its id and its facts. */
export function readStart(
  definition: SagaDefinition,
  { data }: SagaEvent,
): Result<{ readonly sagaId: string; readonly facts: JsonObject }, Unstartable> {
  const sagaId = sagaIdOf(definition, data);
  if (sagaId === undefined) {
    const detail =
      'The business key is missing, or longer than 90 characters when spelled as an id.';
    return fail({ code: 'saga.id_unusable', detail });
  }
  const facts = definition.factsOf(data);
  if (!facts.ok) return fail({ code: 'saga.facts_unreadable', detail: facts.problem });
  const length = JSON.stringify(facts.value).length;
  if (length > maxFactsLength) {
    const detail = `The saga would carry ${length} characters from command to command, of ${maxFactsLength} at most.`;
    return fail({ code: 'saga.too_large', detail });
  }
  return succeed({ sagaId, facts: facts.value });
}

/** The id of the saga that an event speaks of; undefined when it names none that can be one. */
export function sagaIdOf(definition: SagaDefinition, data: JsonObject): string | undefined {
  const key = definition.idOf(data);
  return key === undefined ? undefined : toSagaId(key);
}

async function standingClaim({ store }: InstancePorts, claim: SagaClaim): Promise<SagaClaim> {
  const inserted = await store.insert(claim);
  const standing = inserted ?? (await store.read(claim.sagaId));
  // A claim is never deleted; one that cannot be read back is as good as one just made.
  return standing?.claim ?? claim;
}
