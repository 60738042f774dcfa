import { createHash } from 'node:crypto';
import { orderFulfilment } from '../../sagas/order-fulfilment/definition.ts';
import { toSagaId } from '../../shared/kernel/saga-id.ts';
import { fail, succeed, type Result } from '../../shared/kernel/result.ts';
import type { Clock } from '../../shared/kernel/time.ts';
import type { EventPublisher, OutgoingEvent } from '../../shared/ports/bus.ts';
import type { EventReader, Violation } from '../../shared/ports/events.ts';
import type { Problem } from '../http-problem.ts';

/** A request to place an order. */
export interface OrderRequest {
  readonly body: string;
  /** The header Idempotency-Key: the same key makes the same event. */
  readonly idempotencyKey: string | undefined;
  readonly traceparent: string | undefined;
}

export interface PlacedOrder {
  readonly orderId: string;
  readonly sagaId: string;
  readonly eventId: string;
}

export interface OrderDesk {
  readonly reader: EventReader;
  readonly publisher: EventPublisher;
  readonly clock: Clock;
  readonly newId: () => string;
}

const type = 'com.bronzeflow.erp.salesorder.created';
const source = '/bronzeflow/api/orders';

/**
 * Publishes an order as the event that an ERP system would send, so that Bronze and the sagas meet
 * it on their usual ways. It is judged before by the reader that will judge it there.
 * Errors: `broker.unavailable` (transient).
 */
export async function placeOrder(
  desk: OrderDesk,
  request: OrderRequest,
): Promise<Result<PlacedOrder, Problem>> {
  const order = readOrder(request.body);
  if (!order.ok) return order;
  const event = eventOf(desk, order.value.orderId, request);
  const violations = judge(desk, event);
  if (violations.length > 0) return fail(invalid(violations));
  await desk.publisher.publish(event);
  return succeed({ ...order.value, eventId: event.id });
}

function readOrder(body: string): Result<Omit<PlacedOrder, 'eventId'>, Problem> {
  const data = parse(body);
  if (data === undefined) return fail(notAnObject);
  const orderId = 'order_id' in data ? data.order_id : undefined;
  const key = typeof orderId === 'string' ? orderId : '';
  // Without an order id the schema says so; with one that cannot be an id nobody else would.
  const sagaId = key === '' ? '' : toSagaId(key);
  return sagaId === undefined ? fail(unusableId) : succeed({ orderId: key, sagaId });
}

function parse(body: string): object | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function eventOf(
  { clock, newId }: OrderDesk,
  orderId: string,
  { body, idempotencyKey, traceparent }: OrderRequest,
): OutgoingEvent {
  const id = idempotencyKey === undefined ? newId() : uuidOf(`${source} ${idempotencyKey}`);
  const attributes = JSON.stringify({
    ...{ specversion: '1.0', id, source, type, subject: orderId.slice(0, maxSubjectLength) },
    ...{ time: new Date(clock.now()).toISOString(), datacontenttype: 'application/json' },
    ...(traceparent !== undefined && { traceparent }),
  });
  // The caller's spelling of numbers and the order of its fields go on to Bronze.
  const text = `${attributes.slice(0, -1)},"data":${body}}`;
  return { id, type, key: orderId, body: new TextEncoder().encode(text) };
}

const maxSubjectLength = 200;

/** A UUID of version 8: what it is made of is ours to say. Source: RFC 9562, section 5.8. */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function judge({ reader, clock }: OrderDesk, { body }: OutgoingEvent): readonly Violation[] {
  const [{ judgement }] = reader.read({
    ...{ sequenceNumber: 0, offset: '', enqueuedAt: clock.now(), properties: new Map() },
    ...{ contentType: 'application/cloudevents+json', body },
  });
  return judgement.kind === 'accepted' ? [] : judgement.rejection.violations;
}

function invalid(violations: readonly Violation[]): Problem {
  const isTooLarge = violations.some(({ code }) => code === 'size.exceeded');
  return {
    status: isTooLarge ? 413 : 422,
    code: isTooLarge ? 'order-too-large' : 'order-invalid',
    title: isTooLarge ? 'The order is too large' : 'The order breaks its schema',
    detail: violations.map(({ code }) => code).join(', '),
    remedy: `Repair what the violations name; the schema is that of ${orderFulfilment.startedBy.join(', ')}.`,
    violations,
  };
}

const notAnObject: Problem = {
  status: 400,
  code: 'body-unreadable',
  title: 'The body is no JSON object',
  detail: 'The body has to be one JSON object in UTF-8.',
  remedy: 'Send the order as JSON, with content type application/json.',
};

const unusableId: Problem = {
  status: 422,
  code: 'order-id-unusable',
  title: 'The order id cannot name a saga',
  detail: 'The order id is longer than 90 characters when spelled as an id.',
  remedy: 'Use a shorter order id; letters, digits, dots, underscores and hyphens count once.',
};
