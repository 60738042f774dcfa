import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { TableClient } from '@azure/data-tables';
import { relayOrigin } from '../../../functions/entities.ts';
import { stateTables } from '../../../shared/config/state-tables.ts';
import { createTableDeadLetterIntake } from '../../../shared/deadletter/table-dead-letters.ts';
import { epochMs, systemClock } from '../../../shared/kernel/time.ts';
import { salesOrder } from '../events.ts';
import { sampleLetter } from './sample-letters.ts';

/** The failure group of the letters of `recordRepaired`. */
export const repairedGroup = 'com.acmemfg.erp.salesorder.created broker.ttl_expired';

/** Records letters of sales orders that only waited for too long; gives the ids of their events. */
export async function recordRepaired(storage: string, count: number): Promise<readonly string[]> {
  const table = TableClient.fromConnectionString(storage, stateTables.deadLetters, {
    allowInsecureConnection: true,
  });
  const intake = createTableDeadLetterIntake({ table, clock: systemClock, newId: randomUUID });
  const events = Array.from({ length: count }, () => salesOrder());
  const letters = events.map((event, at) => {
    const content = JSON.stringify(event);
    return sampleLetter(event.id, {
      eventId: event.id,
      source: '/erp/sap/sales-orders',
      type: 'com.acmemfg.erp.salesorder.created',
      subject: event.subject,
      category: 'timeout',
      code: 'broker.ttl_expired',
      origin: relayOrigin,
      stage: 'deliver',
      sequenceNumber: at,
      deadLetteredAt: epochMs(Date.now() - count + at),
      payload: { encoding: 'utf8', content, sizeBytes: Buffer.byteLength(content) },
    });
  });
  for (let at = 0; at < letters.length; at += 1_000) {
    await intake.record(letters.slice(at, at + 1_000));
  }
  return events.map(({ id }) => id);
}

/** A running `npm run dlq -- retry` of that group. */
export interface GroupRetry {
  /** What it has said so far on standard error. */
  readonly said: () => string;
  /** As Ctrl-C does. */
  readonly interrupt: () => void;
  /** The exit code. */
  readonly done: Promise<number>;
}

/** Starts to retry the group from the command line, in slices of `limit`. */
export function startGroupRetry(folder: string, limit: number): GroupRetry {
  const asked = ['--group', repairedGroup, '--reason', 'consumers are back', '--data', folder];
  const args = ['cli/dlq.ts', 'retry', ...asked, '--limit', String(limit)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  return {
    said: () => said.join(''),
    interrupt: () => void child.kill('SIGINT'),
    done: once(child, 'exit').then(([code]) => Number(code)),
  };
}
