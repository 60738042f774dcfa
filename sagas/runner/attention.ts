import type { JsonObject } from '../../shared/kernel/json-value.ts';
import type { OutgoingMessage } from '../../shared/ports/bus.ts';
import type { DemandOutcome } from './take-demand.ts';
import type { SagaDemand } from './read-demands.ts';
import type { StuckCompensation } from './saga-state.ts';

/** What a person gets to know of something that no retry will repair. */
interface Attention {
  /** Deterministic: a copy has the same one. */
  readonly id: string;
  readonly type: 'saga.compensation.stuck' | 'saga.start.refused';
  readonly subject: string;
  readonly traceparent?: string;
  readonly data: object;
}

/** A compensation that a person must finish, with the command to repeat. */
export function stuckMessage({ command, ...stuck }: StuckCompensation): OutgoingMessage {
  const { id, sagaId, traceparent } = command;
  return messageOf({
    id: `${id}/stuck`,
    type: 'saga.compensation.stuck',
    subject: sagaId,
    ...(traceparent !== undefined && { traceparent }),
    data: { saga_id: sagaId, ...stuck, command },
  });
}

/** An event that should have started a saga, or cancelled it, and cannot. */
export function refusedMessage(
  { definition, event }: SagaDemand,
  { code, detail }: DemandOutcome & { readonly kind: 'unstartable' },
): OutgoingMessage {
  const { source, id } = event.key;
  const data: JsonObject = { definition: definition.name, source, id, code, detail };
  return messageOf({
    id: `${definition.name}/${id}/refused`,
    type: 'saga.start.refused',
    subject: definition.name,
    ...(event.traceparent !== undefined && { traceparent: event.traceparent }),
    data,
  });
}

function messageOf({ id, type, subject, traceparent, data }: Attention): OutgoingMessage {
  const event = {
    specversion: '1.0',
    id,
    source: '/sagas',
    type: `com.bronzeflow.${type}`,
    subject,
    datacontenttype: 'application/json',
    ...(traceparent !== undefined && { traceparent }),
    data,
  };
  return {
    // The broker takes 128 characters; the end of an id tells more than its beginning.
    messageId: id.slice(-128),
    sessionId: subject.slice(-128),
    contentType: 'application/cloudevents+json; charset=utf-8',
    subject: event.type,
    correlationId: subject.slice(-128),
    properties: {},
    body: new TextEncoder().encode(JSON.stringify(event)),
  };
}
