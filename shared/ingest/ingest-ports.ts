import type { Clock } from '../kernel/time.ts';
import type { ClaimStore } from '../ports/claims.ts';
import type { DeadLetterIntake } from '../ports/dead-letters.ts';
import type { DeltaTables } from '../ports/delta.ts';
import type { EventReader } from '../ports/events.ts';
import type { HubReader } from '../ports/hub.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Log } from '../ports/log.ts';
import type { PayloadStore } from '../ports/payloads.ts';
import type { RelayUnwrapper } from '../ports/relay.ts';

/** Everything that the way into Bronze needs from outside. */
export interface IngestPorts {
  readonly reader: EventReader;
  readonly relay: RelayUnwrapper;
  readonly claims: ClaimStore;
  readonly ledger: Ledger;
  readonly tables: DeltaTables;
  /** Gets every dead letter before the table's watermark says that it has landed. */
  readonly deadLetters: DeadLetterIntake;
  readonly payloads: PayloadStore;
  readonly hub: HubReader;
  readonly clock: Clock;
  readonly log: Log;
}
