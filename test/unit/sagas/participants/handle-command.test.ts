import { describe, expect, it } from 'vitest';
import type { Command } from '../../../../domain/messages.ts';
import { parseSimulation } from '../../../../domain/simulation-rules.ts';
import {
  createCommandHandler,
  type Handling,
} from '../../../../sagas/participants/handle-command.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import type { ParticipantStore } from '../../../../shared/ports/participants.ts';
import { deadline, doCommand, now, undoCommand } from '../../../support/commands.ts';
import { createMemoryParticipantStore } from '../../../support/memory-participant-store.ts';

const charge = doCommand('charge-payment', { participant: 'payment' });
const refund = undoCommand('refund-payment', 'charge-payment', { participant: 'payment' });
const key = { participant: 'payment', sagaId: 'SO-1' };

/** A handler over a store that counts its requests, on a clock that only waiting moves. */
function setUp({ rules = [] as readonly object[], store = createMemoryParticipantStore() } = {}) {
  const parsed = parseSimulation(JSON.stringify(rules));
  if (!parsed.ok) throw new Error(parsed.problem);
  const requests: string[] = [];
  const waits: number[] = [];
  let time = now;
  const counted: ParticipantStore = {
    ...store,
    read: (of) => {
      requests.push('read');
      return store.read(of);
    },
    write: async (of, text, etag) => {
      const outcome = await store.write(of, text, etag);
      requests.push(outcome);
      return outcome;
    },
  };
  const handle = createCommandHandler({
    store: counted,
    rules: parsed.value,
    clock: { now: () => time },
    random: () => 0.5,
    wait: (duration) => {
      waits.push(duration);
      time = epochMs(time + duration);
      return Promise.resolve();
    },
  });
  return { handle, store, requests, waits };
}

function repliesIn(handling: Handling) {
  return handling.kind === 'handled' ? handling.replies : [];
}

async function chargesIn(store: ParticipantStore): Promise<number> {
  const text = (await store.read(key))?.text ?? '{"own":{"charges":[]}}';
  return (JSON.parse(text) as { own: { charges: unknown[] } }).own.charges.length;
}

describe('createCommandHandler', () => {
  it('handles a command with two requests to the store, a copy with one', async () => {
    const { handle, requests, store } = setUp();
    const first = await handle(charge);
    expect(requests).toEqual(['read', 'written']);
    const second = await handle({ ...charge, attempt: 2 });
    expect(requests).toEqual(['read', 'written', 'read']);
    expect(second).toEqual(first);
    expect(repliesIn(first)).toMatchObject([{ reply: { outcome: { kind: 'done' } } }]);
    expect(await chargesIn(store)).toBe(1);
  });

  it('lets one of two copies at the same time take effect and answers both alike (SPEC S1-21)', async () => {
    const { handle, requests, store } = setUp();
    const [first, second] = await Promise.all([handle(charge), handle(charge)]);
    expect(second).toEqual(first);
    expect(requests.filter((request) => request === 'conflict')).toHaveLength(1);
    expect(await chargesIn(store)).toBe(1);
  });

  it('decides again when a compensation was faster, and then refuses', async () => {
    const store = createMemoryParticipantStore();
    let isFirst = true;
    const overtaken: ParticipantStore = {
      ...store,
      write: async (of, text, etag) => {
        if (isFirst) {
          isFirst = false;
          await setUp({ store }).handle(refund);
        }
        return store.write(of, text, etag);
      },
    };
    const { handle } = setUp({ store: overtaken });
    expect(repliesIn(await handle(charge))).toMatchObject([
      { reply: { outcome: { kind: 'refused', code: 'command.compensated' } } },
    ]);
    expect(await chargesIn(store)).toBe(0);
  });

  it('gives up for now when others change the record again and again, after longer and longer waits', async () => {
    const store: ParticipantStore = {
      ...createMemoryParticipantStore(),
      write: () => Promise.resolve('conflict'),
    };
    const { handle, waits, requests } = setUp({ store });
    await expect(handle(charge)).rejects.toMatchObject({
      code: 'participant.contended',
      kind: 'transient',
    });
    expect(requests).toHaveLength(16);
    expect(waits).toEqual([20, 40, 80, 160, 320, 640, 1280]);
  });

  it.each(['{}', 'no JSON', '[]', '{"own":{},"answered":{},"undone":null}'])(
    'fails for good on the record %j',
    async (text) => {
      const store = createMemoryParticipantStore();
      await store.write(key, text, undefined);
      await expect(setUp({ store }).handle(charge)).rejects.toMatchObject({
        code: 'storage.unexpected_answer',
        kind: 'permanent',
      });
    },
  );

  it('refuses by simulation and remembers the refusal without the rule', async () => {
    const rules = [{ command: 'charge-payment', behaviour: 'fail', code: 'payment.declined' }];
    const { handle, store } = setUp({ rules });
    const declined = await handle(charge);
    expect(repliesIn(declined)).toMatchObject([
      { reply: { outcome: { kind: 'refused', code: 'payment.declined' } } },
    ]);
    expect(await setUp({ store }).handle(charge)).toEqual(declined);
    expect(await chargesIn(store)).toBe(0);
  });

  it('refuses a compensation as often as it is told, then undoes', async () => {
    const { handle } = setUp({ rules: [{ behaviour: 'fail-undo', times: 2 }] });
    await handle(charge);
    const kinds: unknown[] = [];
    for (const attempt of [1, 2, 3]) {
      const [timed] = repliesIn(await handle({ ...refund, attempt }));
      kinds.push(timed?.reply.outcome.kind);
    }
    expect(kinds).toEqual(['refused', 'refused', 'done']);
  });

  it('throws without an effect, as often as it is told', async () => {
    const { handle, requests } = setUp({ rules: [{ behaviour: 'error', times: 1 }] });
    const delivery = { deliveryCount: 1, isPostponed: false };
    await expect(handle(charge, delivery)).rejects.toMatchObject({
      code: 'participant.failed',
      kind: 'transient',
    });
    expect(requests).toEqual([]);
    const again = await handle(charge, { ...delivery, deliveryCount: 2 });
    expect(repliesIn(again)).toHaveLength(1);
  });

  it('takes its time, and refuses when the deadline has passed meanwhile', async () => {
    const ms = deadline - now + 1;
    const { handle, waits } = setUp({ rules: [{ behaviour: 'slow', ms }] });
    expect(repliesIn(await handle(charge))).toMatchObject([
      { reply: { outcome: { kind: 'refused', code: 'command.expired' } } },
    ]);
    expect(waits).toEqual([ms]);
  });

  it('answers twice, the same', async () => {
    const { handle, store } = setUp({ rules: [{ behaviour: 'answer-twice' }] });
    const [first, second, ...more] = repliesIn(await handle(charge));
    expect(second).toEqual(first);
    expect(more).toEqual([]);
    expect(await chargesIn(store)).toBe(1);
  });

  it('answers late', async () => {
    const { handle, store } = setUp({ rules: [{ behaviour: 'answer-late', ms: 500 }] });
    expect(repliesIn(await handle(charge))).toMatchObject([{ deliverAt: now + 500 }]);
    expect(await chargesIn(store)).toBe(1);
  });

  it('takes effect without an answer', async () => {
    const { handle, store } = setUp({ rules: [{ behaviour: 'silent' }] });
    expect(repliesIn(await handle(charge))).toEqual([]);
    expect(await chargesIn(store)).toBe(1);
  });

  it('takes effect late: nothing now, all of it when the command comes again', async () => {
    const { handle, store } = setUp({ rules: [{ behaviour: 'late-effect', ms: 500 }] });
    expect(await handle(charge)).toEqual({ kind: 'postponed', until: now + 500 });
    expect(await chargesIn(store)).toBe(0);
    const again = await handle(charge, { deliveryCount: 1, isPostponed: true });
    expect(repliesIn(again)).toHaveLength(1);
    expect(await chargesIn(store)).toBe(1);
  });

  it('keeps the books of each participant', async () => {
    const { handle, store } = setUp();
    const commands: readonly Command[] = [
      doCommand('create-order', { participant: 'orders' }),
      doCommand('reserve-stock', { participant: 'inventory' }),
      doCommand('pick-order', { participant: 'warehouse' }),
      doCommand('ship-order', { participant: 'shipping' }),
    ];
    for (const command of commands) await handle(command);
    const found: string[] = [];
    for await (const { participant } of store.all()) found.push(participant);
    expect(found.toSorted()).toEqual(['inventory', 'orders', 'shipping', 'warehouse']);
  });
});
