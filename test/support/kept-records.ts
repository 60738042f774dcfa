import type { KeptRecord } from '../../cli/sagas/kept-record-codec.ts';
import { commandIdOf, undoIdOf, type Command } from '../../domain/messages.ts';
import type { ParticipantRecord } from '../../domain/participant.ts';
import { decide, newRecord } from '../../domain/participant-protocol.ts';
import { participantNamed } from '../../domain/participants.ts';
import { epochMs } from '../../shared/kernel/time.ts';
import { orderFulfilment } from '../../sagas/order-fulfilment/definition.ts';

const now = epochMs(1_777_600_000_000);

/** Steps of order fulfilment that an order has taken, and those that were undone afterwards. */
export interface PlayedOrder {
  readonly through: string;
  readonly undone?: readonly string[];
}

/** What participants keep of an order of 120.50 EUR after it has come so far. */
export function keptOf(sagaId: string, { through, undone = [] }: PlayedOrder): KeptRecord[] {
  const records = new Map<string, ParticipantRecord<unknown>>();
  const tell = (command: Command): void => {
    const participant = participantNamed(command.participant);
    const record = records.get(command.participant) ?? newRecord(participant);
    const told = decide(participant as never, record as never, { command, now });
    records.set(command.participant, told.record);
  };
  const facts = {
    ...{ order_id: sagaId, amount: 120.5, currency: 'EUR' },
    lines: [{ product_id: 'P-1', quantity: 3 }],
  };
  const base = { sagaId, replyTo: sagaId, attempt: 1 };
  const last = orderFulfilment.steps.findIndex(({ name }) => name === through);
  for (const { name, participant, command } of orderFulfilment.steps.slice(0, last + 1)) {
    const data = command(facts);
    const id = commandIdOf(sagaId, name);
    tell({ ...base, kind: 'do', id, name, participant, data, notAfter: now });
  }
  for (const { name, participant, compensation } of orderFulfilment.steps.toReversed()) {
    if (!undone.includes(name)) continue;
    const [id, undoes] = [undoIdOf(sagaId, name), commandIdOf(sagaId, name)];
    tell({
      ...base,
      kind: 'undo',
      id,
      undoes,
      name: String(compensation?.name),
      participant,
      data: {},
    });
  }
  return [...records].map(([name, record]) => ({ sagaId, records: { [name]: record } }));
}
