import type { Author } from '../kernel/author.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { CarriedDeadLetter, EventColumns, ReadItem } from '../ports/events.ts';
import type { HubMessage } from '../ports/hub.ts';
import type { ResolutionChange, ResolutionItem } from '../ports/resolutions.ts';

/** A planned item with all that its row is made of. */
export interface LandingItem {
  readonly author: Author;
  readonly partitionId: string;
  readonly message: HubMessage;
  readonly origin: string;
  readonly index: number;
  readonly columns: EventColumns;
  readonly plannedAt: EpochMs;
  /** Given when the item died elsewhere and was only carried here. */
  readonly deadLetter?: CarriedDeadLetter | undefined;
  /** Given when the item is no event but a change of resolution. */
  readonly resolutionChange?: ResolutionChange | undefined;
  /** The item's bytes, personal values replaced. */
  payload(): Uint8Array;
}

export function isResolutionItem(item: ReadItem | undefined): item is ResolutionItem {
  return item !== undefined && 'resolutionChange' in item;
}
