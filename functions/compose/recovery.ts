import { setTimeout as sleep } from 'node:timers/promises';
import { stateTables } from '../../shared/config/state-tables.ts';
import { listLetters } from '../../shared/deadletter/list-letters.ts';
import { readLetter } from '../../shared/deadletter/read-letter.ts';
import { createTableDeadLetterIntake } from '../../shared/deadletter/table-dead-letters.ts';
import { deadLetterTable } from '../../shared/ingest/dead-letter-rows.ts';
import { createDeadLetterReader } from '../../shared/messaging/dead-letters/dead-letter-reader.ts';
import type { CircuitBreaker } from '../../shared/ports/circuits.ts';
import { createCircuitBreaker } from '../../shared/recoverability/circuit-breaker.ts';
import { createTableCircuitStore } from '../../shared/recoverability/table-circuit-store.ts';
import { entities } from '../entities.ts';
import { once } from '../once.ts';
import { createOrderKeeper, type OrderPorts } from './keep-order.ts';
import { createRecoverer, type Recoverer } from './recover.ts';
import type { RecoveryGround } from './recovery-parts.ts';

/** What the consumers with effects share: what becomes of the messages that they cannot handle. */
export interface Recovery extends Recoverer {
  readonly breaker: CircuitBreaker;
}

/** Errors: `storage.unavailable` (transient). */
export async function openRecovery(ground: RecoveryGround): Promise<Recovery> {
  const { config, clock, log, state, bus, deadLetters } = ground;
  const { recoverability: settings } = config;
  const breaker = createCircuitBreaker({
    store: createTableCircuitStore(await state.table(stateTables.circuits)),
    ...{ clock, log, settings: settings.circuits, refresh: settings.circuits.refresh },
  });
  const order = createOrderKeeper(
    settings.orderedEntities,
    once(() => openOrderPorts(ground)),
  );
  const wait = (duration: number): Promise<void> => sleep(duration);
  const shared = { settings, clock, log, bus, deadLetters, breaker, order, wait };
  return {
    breaker,
    ...createRecoverer({
      ...{ ...shared, random: Math.random },
      sharedQueue: entities.replaysQueue,
    }),
  };
}

async function openOrderPorts(ground: RecoveryGround): Promise<OrderPorts> {
  const { clock, newId, state, payloads } = ground;
  const [table, reader] = await Promise.all([
    state.table(stateTables.deadLetters),
    ground.reader(),
  ]);
  return {
    desk: { list: (query) => listLetters(table, query), show: (id) => readLetter(table, id) },
    intake: createTableDeadLetterIntake({ table, clock, newId }),
    reader: createDeadLetterReader(reader, deadLetterTable),
    payloads,
    now: () => clock.now(),
  };
}
