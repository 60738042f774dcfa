import type { Clock } from '../../../../shared/kernel/time.ts';
import type { EntityTree } from '../entities/entity-tree.ts';

/** What the protocol layer of one namespace works with. */
export interface BrokerContext {
  readonly entities: EntityTree;
  readonly clock: Clock;
  /** A UUID as text, for messages that come without an id. */
  newId(): string;
  readonly maxMessageBytes: number;
}
