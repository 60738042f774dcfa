import { describe, expect, it } from 'vitest';
import type { Command } from '../../../../domain/messages.ts';
import { firstDelivery } from '../../../../domain/simulation.ts';
import type { ChoreographyEvent } from '../../../../sagas/choreography/choreography-event.ts';
import { addresseeOf, react, type Posting } from '../../../../sagas/choreography/service.ts';
import { decodeState, encodeState } from '../../../../sagas/choreography/tracker-state-codec.ts';
import { trackEvent, type TrackingPorts } from '../../../../sagas/choreography/tracking.ts';
import { definitionNamed } from '../../../../sagas/definitions.ts';
import type { Handling } from '../../../../sagas/participants/handle-command.ts';
import type { SagaPhase } from '../../../../sagas/runner/saga-state.ts';
import { AppError } from '../../../../shared/kernel/app-error.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';
import { createMemoryDueRows } from '../../../support/choreography/memory-due-rows.ts';
import {
  cancelRequest,
  clockStroke,
  done,
  orderSteps,
  refused,
  sagaId,
  startRequest,
  thread,
  ToldTracker,
  undone,
} from '../../../support/choreography/threads.ts';
import { patience, startedAt } from '../../../support/choreography/world.ts';

type Handle = (command: Command) => Handling;

function answered(command: Command): Handling {
  const { id, name, participant } = command;
  const base = { id: `${id}/reply`, commandId: id, commandName: name, participant };
  const reply = { ...base, sagaId, replyTo: '', outcome: { kind: 'done', data: {} } } as const;
  return { kind: 'handled', replies: [{ reply }] };
}

class House {
  readonly rows = createMemoryDueRows();
  readonly published: string[] = [];
  readonly postings: (Posting | undefined)[] = [];
  readonly moves: string[] = [];
  readonly handled: string[] = [];
  helpCalls = 0;
  now = startedAt;
  handle: Handle = answered;
  beforeWrite: () => Promise<void> = () => Promise.resolve();

  get ports(): TrackingPorts {
    const { rows } = this;
    return {
      definitionNamed,
      patience,
      clock: { now: () => this.now },
      handle: (command) => {
        this.handled.push(command.id);
        return Promise.resolve(command).then(this.handle);
      },
      publish: (event, posting) => {
        this.published.push(event.id.slice(sagaId.length + 1));
        this.postings.push(posting);
        return Promise.resolve();
      },
      rows: {
        ...rows,
        replace: async (...args) => {
          await this.beforeWrite();
          return await rows.replace(...args);
        },
      },
      listing: {
        move: ({ phase }, former?: SagaPhase) => {
          this.moves.push(`${former ?? 'nowhere'} > ${phase}`);
          return Promise.resolve();
        },
      },
      callForHelp: () => {
        this.helpCalls += 1;
        return Promise.resolve();
      },
    };
  }

  async tell(...events: readonly ChoreographyEvent[]): Promise<void> {
    for (const event of events) await trackEvent({ event, delivery: firstDelivery }, this.ports);
  }

  async state() {
    const stored = await this.rows.read(sagaId);
    return stored && { ...decodeState(stored.row.text), dueAt: stored.row.dueAt };
  }
}

const down = new AppError('storage.unavailable', 'down', { kind: 'transient' });
const allDone = orderSteps.map((step) => done(step));

describe('tracking', () => {
  it('lists a saga under its phase, and tells of its end', async () => {
    const house = new House();
    await house.tell(startRequest(), ...allDone);
    expect(house.moves).toEqual(['nowhere > running', 'running > completed']);
    expect(house.published).toEqual(['started', 'complete-order/done', 'ended/completed']);
    expect((await house.state())?.dueAt).toBeUndefined();
  });

  it('asks the store twice for an event of a participant, and not at all for its own', async () => {
    const house = new House();
    const requests: string[] = [];
    const rows = {
      ...house.ports.rows,
      read: (id: string) => (requests.push('read'), house.rows.read(id)),
    };
    house.beforeWrite = () => Promise.resolve(void requests.push('write'));
    const ports = { ...house.ports, rows };
    const own = { kind: 'started', id: `${sagaId}/started`, sagaId, thread } as const;
    await house.tell(startRequest());
    for (const event of [own, done('create-order'), done('reserve-stock')]) {
      await trackEvent({ event, delivery: firstDelivery }, ports);
    }
    expect(requests).toEqual(['read', 'write', 'read', 'write']);
    expect(house.handled).toEqual(['SO-1/create-order']);
  });

  it('reacts as the context of orders, to what is due in its turn', async () => {
    const house = new House();
    const [last = done('ship-order')] = allDone.slice(5, 6);
    await house.tell(startRequest(), last);
    expect(house.handled).toEqual([]);
    await house.tell(...allDone.slice(0, 5));
    expect(house.handled).toEqual(['SO-1/complete-order']);
  });

  it('keeps what it has heard although its own reaction fails, and reacts to the next copy', async () => {
    const house = new House();
    await house.tell(startRequest(), ...allDone.slice(0, 5));
    house.handle = () => {
      throw down;
    };
    await expect(house.tell(done('ship-order'))).rejects.toBe(down);
    expect((await house.state())?.saga?.turn).toBe(6);
    house.handle = answered;
    await house.tell(done('ship-order'));
    expect(house.published.at(-1)).toBe('complete-order/done');
  });

  it('writes nothing when what follows from an event cannot be told', async () => {
    const house = new House();
    const ports = { ...house.ports, publish: () => Promise.reject(down) };
    const received = { event: startRequest(), delivery: firstDelivery };
    await expect(trackEvent(received, ports)).rejects.toBe(down);
    expect(await house.state()).toBeUndefined();
  });

  it('decides anew when another reader has written the row', async () => {
    const house = new House();
    await house.tell(startRequest());
    house.beforeWrite = async () => {
      house.beforeWrite = () => Promise.resolve();
      await house.tell(done('create-order'));
    };
    await house.tell(cancelRequest());
    const saga = (await house.state())?.saga;
    expect(saga).toMatchObject({ turn: 1, phase: 'compensating' });
  });

  it('gives up, for now, when others write the row again and again', async () => {
    const house = new House();
    await house.tell(startRequest());
    const other = new House();
    other.beforeWrite = async () => {
      const former = await other.rows.read(sagaId);
      if (former !== undefined) await other.rows.replace(sagaId, former.row, former);
    };
    const stored = await house.rows.read(sagaId);
    if (stored !== undefined) await other.rows.insert(sagaId, stored.row);
    await expect(other.tell(done('create-order'))).rejects.toMatchObject({
      code: 'saga.contended',
      kind: 'transient',
    });
  });

  it('keeps an index entry that comes too early, and moves it when it is due', async () => {
    const house = new House();
    await house.tell(startRequest());
    expect((await house.state())?.dueAt).toBe(startedAt + 1000);
    house.now = epochMs(startedAt + 500);
    await house.tell(done('create-order'));
    expect((await house.state())?.dueAt).toBe(startedAt + 1000);
    house.now = epochMs(startedAt + 1000);
    await house.tell(clockStroke);
    expect(house.published).not.toContain('reserve-stock/step-awaited/2');
    expect((await house.state())?.dueAt).toBe(startedAt + 1500);
  });

  it('keeps a cancellation of an unknown saga, and nothing of a stroke of the clock', async () => {
    const house = new House();
    await house.tell(clockStroke);
    expect(await house.state()).toBeUndefined();
    await house.tell(cancelRequest(), cancelRequest());
    expect(await house.state()).toMatchObject({ parked: [cancelRequest()], dueAt: undefined });
    expect(house.published).toEqual([]);
  });

  it('calls for help once a saga needs a person', async () => {
    const house = new House();
    await house.tell(startRequest(), ...allDone.slice(0, 6), refused('complete-order'));
    for (const at of [1000, 3000, 7000]) {
      house.now = epochMs(startedAt + at);
      await house.tell(clockStroke);
    }
    expect(house.helpCalls).toBe(1);
    expect(house.moves.at(-1)).toBe('compensating > needs-human');
  });
});

describe('a participant in the choreography', () => {
  const received = { event: done('charge-payment'), delivery: firstDelivery };

  it('takes the command of its step, and tells of the answer', async () => {
    const house = new House();
    const command: Command[] = [];
    house.handle = (each) => {
      command.push(each);
      return answered(each);
    };
    await react('warehouse', received, house.ports);
    expect(command).toMatchObject([
      { id: 'SO-1/pick-order', kind: 'do', notAfter: thread.deadline, attempt: 1 },
    ]);
    expect(house.published).toEqual(['pick-order/done']);
    expect(addresseeOf(received.event, house.ports)).toBe('warehouse');
  });

  it('leaves alone what another one has to do', async () => {
    const house = new House();
    await react('shipping', received, house.ports);
    await react('orders', { ...received, event: undone('create-order') }, house.ports);
    expect(house.handled).toEqual([]);
  });

  it('tells why it refuses, unless the saga has a reason already', async () => {
    const house = new House();
    const told: ChoreographyEvent[] = [];
    const publish = (event: ChoreographyEvent) => Promise.resolve(void told.push(event));
    house.handle = (command) => {
      const handling = answered(command);
      const outcome = { kind: 'refused', code: 'pick.no', detail: 'none left' } as const;
      const replies = handling.kind === 'handled' ? handling.replies : [];
      return {
        kind: 'handled',
        replies: replies.map(({ reply }) => ({ reply: { ...reply, outcome } })),
      };
    };
    const ports = { ...house.ports, publish };
    await react('warehouse', received, ports);
    const reason = { code: 'saga.cancelled', detail: '' };
    const event = { ...received.event, thread: { ...thread, reason } };
    await react('warehouse', { ...received, event }, ports);
    expect(told).toMatchObject([
      { kind: 'refused', code: 'pick.no', thread: { reason: { code: 'pick.no' } } },
      { kind: 'refused', code: 'pick.no', thread: { reason } },
    ]);
  });

  it('tells late what is answered late', async () => {
    const house = new House();
    const deliverAt = epochMs(startedAt + 5);
    house.handle = (command) => {
      const handling = answered(command);
      const replies = handling.kind === 'handled' ? handling.replies : [];
      return { kind: 'handled', replies: replies.map((reply) => ({ ...reply, deliverAt })) };
    };
    await react('warehouse', received, house.ports);
    expect(house.postings).toEqual([{ deliverAt }]);
  });

  it('has an event delivered again whose command it puts off', async () => {
    const house = new House();
    const until = epochMs(startedAt + 5);
    house.handle = () => ({ kind: 'postponed', until });
    await react('warehouse', received, house.ports);
    expect(house.published).toEqual(['charge-payment/done']);
    expect(house.postings).toEqual([{ deliverAt: until, isPostponed: true }]);
  });

  it('refuses an event of a saga that this version does not have', async () => {
    const house = new House();
    const event = { ...received.event, thread: { ...thread, definition: 'other' } };
    await expect(react('warehouse', { ...received, event }, house.ports)).rejects.toMatchObject({
      code: 'message.refused',
    });
  });
});

describe('the row of a saga', () => {
  it('is ASCII, so that it can be cut anywhere, and says the same', () => {
    const { state } = new ToldTracker().tellAll([cancelRequest('\u{1F69A} zu spät')]);
    const text = encodeState(state);
    expect(text).toMatch(/^[ -~]*$/);
    expect(decodeState(text)).toEqual(state);
  });

  it('is refused when it is damaged', () => {
    expect(() => decodeState('{')).toThrow(AppError);
    expect(() => decodeState('{"saga":{}}')).toThrow(AppError);
  });
});
