import { beforeEach, describe, expect, it } from 'vitest';
import { claimDeadLetters } from '../../../../shared/ingest/claim-dead-letters.ts';
import { deadLetterId } from '../../../../shared/ingest/dead-letter-id.ts';
import { predictLanding } from '../../../../shared/ingest/predict-landing.ts';
import { wrapReplay } from '../../../../shared/messaging/relay-envelope.ts';
import { createRelayUnwrapper } from '../../../../shared/messaging/relay-unwrapper.ts';
import type { ClaimLookup } from '../../../../shared/ports/claims.ts';
import type { DeadMessage } from '../../../../shared/ports/dead-letters.ts';
import { deadMessage, relayOrigin } from '../../../support/dead-letters/dead-messages.ts';
import { createFakePayloadStore } from '../../../support/fake-payload-store.ts';
import { createStage, type Stage } from '../../../support/ingest-world/stage.ts';
import {
  bodyOf,
  createTestReader,
  type TestEvent,
} from '../../../support/ingest-world/test-events.ts';

const reader = createTestReader('A');
/** The hub of the stage is the one that replays arrive at. */
const relay = createRelayUnwrapper({
  landingHub: 'events',
  origins: new Set([relayOrigin]),
  payloads: createFakePayloadStore(),
});

const event: TestEvent = { id: 'a', payload: '1' };
const edited: TestEvent = { id: 'a', payload: '2' };
const letter = deadMessage({ body: Buffer.from(bodyOf(event)) });
const letterId = deadLetterId({ ...letter, index: 0 });

function messageOf(sent: TestEvent, properties: ReadonlyMap<string, unknown>) {
  const wrapped = wrapReplay(letterId, {
    contentType: 'application/cloudevents+json',
    properties,
    body: Buffer.from(bodyOf(sent)),
  });
  return { body: Buffer.from(wrapped.body), properties: Object.fromEntries(wrapped.properties) };
}

describe('a replay on its way into Bronze', () => {
  let stage: Stage;
  const owner = () => stage.actor('A', { relay });
  const replay = (sent: TestEvent, partitionId = '0', properties = new Map<string, unknown>()) =>
    stage.world.hub.send(partitionId, messageOf(sent, properties));
  const consumeAll = async (partitionId: string, last = 0): Promise<void> => {
    const actor = owner();
    void actor.consume(0, last, partitionId);
    await actor.finish();
  };
  const claimDead = (message: DeadMessage) =>
    claimDeadLetters({ reader, claims: stage.world.claims }, [message]);

  beforeEach(() => {
    stage = createStage();
  });

  it('17: lands the first time, and is a duplicate from then on', async () => {
    await claimDead(letter);
    replay(event);
    replay(event);
    replay(event, '1');
    await consumeAll('0', 1);
    await consumeAll('1');
    expect([stage.verdicts('0'), stage.verdicts('1')]).toEqual([
      ['0 landed', '1 duplicate'],
      ['0 duplicate'],
    ]);
    expect(stage.landedIds()).toEqual(['a']);
    expect(await stage.rest('0', '1')).toEqual([]);
  });

  it('17: of two partitions that get it at the same time one lands it', async () => {
    await claimDead(letter);
    replay(event);
    replay(event, '1');
    const [left, right] = [owner(), owner()];
    void left.consume(0, 0, '0');
    void right.consume(0, 0, '1');
    await left.until('claims.takeOver');
    await right.until('claims.takeOver');
    await right.finish();
    await left.finish();
    expect([stage.verdicts('0'), stage.verdicts('1')]).toEqual([['0 duplicate'], ['0 landed']]);
    expect(stage.landedIds()).toEqual(['a']);
  });

  it('17: lands although its owner dies between taking over and planning', async () => {
    await claimDead(letter);
    replay(event);
    const dies = owner();
    void dies.consume(0);
    await dies.until('ledger.append');
    dies.crash();
    await consumeAll('0');
    expect(stage.verdicts()).toEqual(['0 landed']);
    expect(await stage.rest('0')).toEqual([]);
  });

  it('lands with another payload when it was edited', async () => {
    await claimDead(letter);
    replay(edited);
    await consumeAll('0');
    expect(stage.verdicts()).toEqual(['0 landed']);
  });

  it('is a duplicate, or refused, when the event has landed another way', async () => {
    stage.send('0', event);
    replay(event);
    replay(edited);
    await consumeAll('0', 2);
    expect(stage.verdicts()).toEqual(['0 landed', '1 duplicate', '2 dead-lettered']);
  });

  it('takes over nothing when it names another letter, or only claims to be one', async () => {
    await claimDead({ ...letter, sequenceNumber: 77 });
    replay(event);
    stage.world.hub.send('0', {
      body: bodyOf(event),
      properties: { 'bronzeflow-dead-letter': letterId },
    });
    await consumeAll('0', 1);
    expect(stage.verdicts()).toEqual(['0 duplicate', '1 duplicate']);
  });

  it('takes over the first letter when a replay of it has died, too', async () => {
    await claimDead(letter);
    // What the second letter keeps of its way: the mark of the first replay.
    const died = new Map(Object.entries(messageOf(event, new Map()).properties));
    const second = wrapReplay('00000000-0000-5000-8000-000000000002', {
      contentType: 'application/cloudevents+json',
      properties: died,
      body: Buffer.from(bodyOf(event)),
    });
    stage.world.hub.send('0', {
      body: Buffer.from(second.body),
      properties: Object.fromEntries(second.properties),
    });
    await consumeAll('0');
    expect(stage.verdicts()).toEqual(['0 landed']);
  });

  it('is counted where it arrives', async () => {
    await claimDead(letter);
    replay(event);
    await consumeAll('0');
    const [plan] = stage.world.ledger.plans(stage.world.author());
    expect([...(plan?.countsByOrigin ?? [])]).toMatchObject([
      ['events', { received: 1, landed: 1 }],
    ]);
  });

  it('is predicted by the rules that it will meet', async () => {
    const { claims } = stage.world;
    const lookup: ClaimLookup = {
      find: (keys) => Promise.resolve(keys.map((key) => claims.row(key))),
    };
    const predict = async (sent: TestEvent, replays = [letterId]) => {
      const properties = new Map<string, unknown>();
      const body = Buffer.from(bodyOf(sent));
      const contentType = 'application/cloudevents+json';
      const { enqueuedAt, offset, sequenceNumber } = stage.world.hub.send('1', { body });
      const message = { enqueuedAt, offset, sequenceNumber, contentType, properties, body };
      return (await predictLanding({ reader, claims: lookup }, message, replays)).kind;
    };
    expect(await predict(event)).toBe('would-pass');
    await claimDead(letter);
    expect(await predict(event)).toBe('would-pass');
    expect(await predict(edited)).toBe('would-pass');
    expect(await predict(event, ['another'])).toBe('would-be-duplicate');
    expect(await predict({ ...event, refusedBy: ['A'] })).toBe('would-fail');
    replay(event);
    await consumeAll('0');
    expect(await predict(event)).toBe('would-be-duplicate');
    expect(await predict(edited)).toBe('would-fail');
  });
});
