import type { EpochMs } from '../../../../shared/kernel/time.ts';
import type { Response } from '../../amqp/index.ts';
import type { Entity } from '../entities/entity-tree.ts';
import type { BodyReader } from './body-reader.ts';
import { badRequest } from './responses.ts';

/** What a management operation works on. */
export interface OperationContext {
  readonly entity: Entity;
  readonly now: EpochMs;
  /** The link on whose behalf the client asks, in the words of `holderOf`; absent if it named none. */
  readonly holder: string | undefined;
  newId(): string;
}

export type Operation = (body: BodyReader, context: OperationContext) => Response;

/** An operation that reads its arguments first and runs only if they are all there. */
export function defineOperation<Arguments>(definition: {
  readonly read: (body: BodyReader) => Arguments;
  readonly run: (given: Arguments, context: OperationContext) => Response;
}): Operation {
  return (body, context) => {
    const given = definition.read(body);
    if (body.problem !== undefined) return badRequest(body.problem);
    return definition.run(given, context);
  };
}
