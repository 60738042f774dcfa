import type { IngestPorts } from '../../../shared/ingest/ingest-ports.ts';

/** A call of a process to the world outside, before it has any effect. */
interface OutsideCall {
  /** For example `ledger.append`. */
  readonly name: string;
  readonly args: readonly unknown[];
}

/** Decides when a call takes effect and what its caller hears of it. */
export type CallControl = <Answer>(
  call: OutsideCall,
  effect: () => Promise<Answer>,
) => Promise<Answer>;

/**
 * Gives calls of one name the reply of a test; where that is undefined the call takes its course.
 */
export function replying(
  name: string,
  reply: (...args: readonly unknown[]) => Promise<unknown> | undefined,
): CallControl {
  return async <Answer>(call: OutsideCall, effect: () => Promise<Answer>) => {
    const replied = call.name === name ? reply(...call.args) : undefined;
    return replied === undefined ? await effect() : ((await replied) as Answer);
  };
}

/** The same ports, every storage and hub call of which goes through the control. */
export function controlPorts(ports: IngestPorts, control: CallControl): IngestPorts {
  const { claims, ledger, tables, hub, payloads, deadLetters } = ports;
  const call = <Args extends readonly unknown[], Answer>(
    name: string,
    effect: (...args: Args) => Promise<Answer>,
  ) => {
    return (...args: Args): Promise<Answer> => control({ name, args }, () => effect(...args));
  };
  return {
    ...ports,
    claims: {
      claim: call('claims.claim', (keys) => claims.claim(keys)),
      takeOver: call('claims.takeOver', (claim, row) => claims.takeOver(claim, row)),
    },
    ledger: {
      head: call('ledger.head', (author) => ledger.head(author)),
      open: call('ledger.open', (author, at) => ledger.open(author, at)),
      plansAfter: call('ledger.plansAfter', (author, after) => ledger.plansAfter(author, after)),
      append: call('ledger.append', (author, head, step) => ledger.append(author, head, step)),
      settle: call('ledger.settle', (author, head, to) => ledger.settle(author, head, to)),
      balance: call('ledger.balance', (author) => ledger.balance(author)),
      fold: call('ledger.fold', (author, before) => ledger.fold(author, before)),
      authors: () => ledger.authors(),
    },
    tables: {
      append: call('tables.append', (rows) => tables.append(rows)),
      watermark: call('tables.watermark', (table, author) => tables.watermark(table, author)),
    },
    hub: {
      isCurrent: call('hub.isCurrent', (partition) => hub.isCurrent(partition)),
      bounds: call('hub.bounds', (partition) => hub.bounds(partition)),
      read: call('hub.read', (partition, first, last) => hub.read(partition, first, last)),
    },
    deadLetters: {
      record: call('deadLetters.record', (records) => deadLetters.record(records)),
    },
    payloads: {
      put: call('payloads.put', (name, bytes) => payloads.put(name, bytes)),
      get: call('payloads.get', (reference) => payloads.get(reference)),
    },
  };
}
