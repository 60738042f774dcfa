import { addDuration, durationMs, type DurationMs } from '../../../../shared/kernel/time.ts';
import { unwrap, type OutgoingAcceptOptions, type OutgoingAttach } from '../../amqp/index.ts';
import type { Entity } from '../entities/entity-tree.ts';
import type { SessionLock } from '../state/session-table.ts';
import { entityPathOf } from './addresses.ts';
import type { BrokerContext } from './broker-context.ts';
import { entityNotFound, noSessionInTime, notAllowed, sessionLocked } from './conditions.ts';
import { Consumer } from './consumer.ts';
import type { Dispatcher, SessionWaiter } from './dispatcher.ts';
import { holderOf } from './holder.ts';
import { sessionGrant, sessionWishOf, type SessionWish } from './session-filter.ts';

/** How long a client waits for a session if it does not say. */
const defaultWait = durationMs(60_000);

interface Receiving {
  readonly attach: OutgoingAttach;
  readonly entity: Entity;
  readonly dispatcher: Dispatcher;
  readonly context: BrokerContext;
}

/** Answers a client that wants to receive: at once, or when a session is there for it. */
export function attachReceiver(
  attach: OutgoingAttach,
  context: BrokerContext,
  dispatcherOf: (entity: Entity) => Dispatcher,
): void {
  const entity = context.entities.find(entityPathOf(attach.address));
  if (entity === undefined) {
    attach.refuse(entityNotFound(attach.address));
    return;
  }
  const wish = sessionWishOf(attach);
  const objection = objectionTo(entity, wish);
  if (objection !== undefined) attach.refuse(notAllowed(objection));
  else grant({ attach, entity, dispatcher: dispatcherOf(entity), context }, wish);
}

function objectionTo(entity: Entity, wish: SessionWish): string | undefined {
  if (entity.kind === 'topic') return `'${entity.path}' is a topic: receive from a subscription.`;
  if (entity.forwards) return `'${entity.path}' forwards its messages: receive from its target.`;
  const { requiresSession } = entity.queue.settings;
  if (requiresSession && wish.kind === 'none') {
    return 'It is not possible for an entity that requires sessions to create a non-sessionful message receiver.';
  }
  if (!requiresSession && wish.kind !== 'none') {
    return 'A sessionful message receiver cannot be created on an entity that does not require sessions.';
  }
  return undefined;
}

function grant(receiving: Receiving, wish: SessionWish): void {
  switch (wish.kind) {
    case 'none':
      open(receiving, undefined);
      return;
    case 'particular':
      if (!openSession(receiving, wish.sessionId)) receiving.attach.refuse(sessionLocked);
      return;
    case 'next':
      receiving.dispatcher.wait(waiterFor(receiving));
      return;
  }
}

function waiterFor(receiving: Receiving): SessionWaiter {
  const { attach, context } = receiving;
  return {
    deadline: addDuration(context.clock.now(), patienceOf(attach)),
    tryAccept: () => attach.signal.aborted || openSession(receiving, undefined),
    giveUp: () => {
      attach.refuse(noSessionInTime);
    },
  };
}

/** Accepts a session and opens the link to it; false if there is none to be had. */
function openSession(receiving: Receiving, sessionId: string | undefined): boolean {
  const { attach, entity, context } = receiving;
  const request = { sessionId, holder: holderOf(attach.connectionId, attach.linkName) };
  const lock = entity.queue.acceptSession(request, context.clock.now());
  if (lock.ok) open(receiving, lock.value);
  return lock.ok;
}

function open(receiving: Receiving, session: SessionLock | undefined): void {
  const { attach, entity, dispatcher, context } = receiving;
  const { queue } = entity;
  const options: OutgoingAcceptOptions = {
    maxMessageBytes: context.maxMessageBytes,
    ...(session && sessionGrant(attach, session)),
  };
  const link = attach.accept(
    {
      onCredit: (open) => {
        dispatcher.dispatch();
        open.drained();
      },
      onDetached: (_, cause) => {
        dispatcher.remove(consumer);
        if (session !== undefined && cause === 'closed') {
          queue.releaseSession(session, context.clock.now());
        }
      },
    },
    options,
  );
  const mode = attach.settleMode === 'settled' ? 'receiveAndDelete' : 'peekLock';
  const consumer = new Consumer(link, { queue, mode, session }, context);
  dispatcher.add(consumer);
}

function patienceOf(attach: OutgoingAttach): DurationMs {
  const timeout = attach.properties.get('com.microsoft:timeout');
  const value = timeout === undefined ? undefined : unwrap(timeout);
  return typeof value === 'number' ? durationMs(value) : defaultWait;
}
