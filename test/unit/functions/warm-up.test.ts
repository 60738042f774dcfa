import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Services } from '../../../functions/compose.ts';
import { warmUp } from '../../../functions/warm-up.ts';
import { AppError } from '../../../shared/kernel/app-error.ts';
import type { Log } from '../../../shared/ports/log.ts';

function unused(): never {
  throw new Error('not asked for');
}

/** Duties that connect; `connected` says which of them did. */
function createServices(overrides: Partial<Services> = {}) {
  const connected: string[] = [];
  const connect = (duty: string) => (): Promise<void> => {
    connected.push(duty);
    return Promise.resolve();
  };
  const services: Services = {
    bronze: () =>
      Promise.resolve({
        connect: connect('bronze'),
        consume: unused,
        settleIdle: unused,
        maintain: unused,
        lakePayloads: { erase: unused, sweep: unused },
        cleanClaims: unused,
      }),
    relay: () => Promise.resolve({ connect: connect('relay'), relayMessages: unused }),
    deadLetterSources: () =>
      Promise.resolve({
        connect: connect('deadLetterSources'),
        ingestBroker: unused,
        ingestBlob: unused,
      }),
    orders: () => {
      connected.push('orders');
      return Promise.resolve({ handleCommand: unused, predict: unused, cleanInbox: unused });
    },
    sagas: () => {
      connected.push('sagas');
      const steps = { enter: unused, sendCommand: unused, list: unused, reportStuck: unused };
      const activities = { ...steps, close: unused };
      return Promise.resolve({
        starter: unused,
        takeEvents: unused,
        takeReply: unused,
        predictEvent: unused,
        predictReply: unused,
        previewStart: unused,
        activities,
      });
    },
    sagaApi: unused,
    participants: () =>
      Promise.resolve({
        connect: connect('participants'),
        handle: unused,
        handleMessage: unused,
        predict: unused,
      }),
    choreography: unused,
    deadLetters: unused,
    deadLetterApi: unused,
    replays: unused,
    replayApi: unused,
    readiness: unused,
    close: unused,
    ...overrides,
  };
  return { services, connected };
}

function createErrorLog() {
  const errors: { readonly message: string; readonly details: unknown }[] = [];
  const log: Log = {
    debug: unused,
    info: unused,
    warn: unused,
    error: (message, details) => errors.push({ message, details }),
  };
  return { errors, log };
}

describe('warmUp', () => {
  it('builds the duties of the triggers and opens their connections', async () => {
    const { services, connected } = createServices();
    const { errors, log } = createErrorLog();
    warmUp(services, log);
    await nextTurn();
    expect(connected.toSorted()).toEqual([
      'bronze',
      'deadLetterSources',
      'orders',
      'participants',
      'relay',
      'sagas',
    ]);
    expect(errors).toEqual([]);
  });

  it('puts what stops one way in the log, does not throw, and opens the others', async () => {
    const unsafe = new AppError('lake.unsafe_target', 'two writers', { kind: 'permanent' });
    const { services, connected } = createServices({ bronze: () => Promise.reject(unsafe) });
    const { errors, log } = createErrorLog();
    warmUp(services, log);
    await nextTurn();
    expect(errors).toMatchObject([
      { message: 'The way into Bronze is not ready', details: { code: 'lake.unsafe_target' } },
    ]);
    expect(connected.toSorted()).toEqual([
      'deadLetterSources',
      'orders',
      'participants',
      'relay',
      'sagas',
    ]);
  });
});
