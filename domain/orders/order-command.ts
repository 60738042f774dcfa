import { fail, succeed, type Result } from '../../shared/kernel/result.ts';

/** What is asked of an order: the business part of a command, whatever carried it. */
export interface OrderCommand {
  readonly orderId: string;
  /** For example `erp.salesorder.created`, without the organisation. */
  readonly name: string;
}

/** The answer to a command. A copy of the command gets the same one. */
export interface OrderReply {
  readonly orderId: string;
  readonly outcome: 'accepted';
  readonly command: string;
}

/** Reads a command from its type and its data, which the catalogue has already checked. */
export function readOrderCommand(type: string, data: unknown): Result<OrderCommand, string> {
  const orderId = typeof data === 'object' && data !== null && 'order_id' in data && data.order_id;
  if (typeof orderId !== 'string' || orderId === '') return fail('data.order_id is missing');
  return succeed({ orderId, name: type.split('.').slice(-3).join('.') });
}

/** Decides on a command. Every order that can be read is accepted; sagas take it from here. */
export function decideOrder({ orderId, name }: OrderCommand): OrderReply {
  return { orderId, outcome: 'accepted', command: name };
}
