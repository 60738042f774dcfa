import { mapEntries, unwrap, type Request, type RequestHandler } from '../../amqp/index.ts';
import type { Entity } from '../entities/entity-tree.ts';
import type { BrokerContext } from '../protocol/broker-context.ts';
import { holderOf } from '../protocol/holder.ts';
import { BodyReader } from './body-reader.ts';
import { messageOperations } from './message-operations.ts';
import { badRequest, failed } from './responses.ts';
import { ruleOperations } from './rule-operations.ts';
import { sessionOperations } from './session-operations.ts';

const operations = new Map([...messageOperations, ...sessionOperations, ...ruleOperations]);

/**
 * Answers the requests to the `$management` node of an entity.
 * Source: "AMQP 1.0 request/response operations in Azure Service Bus".
 */
export function managementHandler(entity: Entity, context: BrokerContext): RequestHandler {
  return (request) => {
    const name = textProperty(request, 'operation') ?? '';
    const operation = operations.get(name);
    if (operation === undefined) {
      const description = `The operation '${name}' is not supported.`;
      return failed(501, { condition: 'amqp:not-implemented', description });
    }
    const body = bodyOf(request);
    if (body === undefined) return badRequest('the body must be a map');
    return operation(body, {
      entity,
      now: context.clock.now(),
      holder: holderIn(request),
      newId: () => context.newId(),
    });
  };
}

function bodyOf({ body }: Request): BodyReader | undefined {
  if (body === undefined || Buffer.isBuffer(body)) return undefined;
  const entries = mapEntries(body);
  return entries && new BodyReader(entries);
}

function holderIn(request: Request): string | undefined {
  const linkName = textProperty(request, 'associated-link-name');
  return linkName === undefined ? undefined : holderOf(request.connectionId, linkName);
}

function textProperty(request: Request, name: string): string | undefined {
  const property = request.applicationProperties.get(name);
  const value = property === undefined ? undefined : unwrap(property);
  return typeof value === 'string' ? value : undefined;
}
