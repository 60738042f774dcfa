import type { EpochMs } from '../../../../shared/kernel/time.ts';
import type { Entity, EntityTree } from '../entities/entity-tree.ts';

/** What an administration client can read of a namespace. */
export interface AtomContext {
  readonly entities: Pick<EntityTree, 'find'>;
  /** Since when there are the entities. */
  readonly createdAt: EpochMs;
}

/**
 * The runtime properties of a queue, topic or subscription as an Atom entry, by the path of a
 * request; an empty feed when there is none, as Service Bus answers.
 * Source: Azure Service Bus, "Service Bus management REST: Get queue, Get subscription".
 */
export function toAtom(context: AtomContext, url: URL): string {
  const path = decodeURIComponent(url.pathname.slice(1));
  const entity = context.entities.find(path);
  const description = entity && descriptions[entity.kind];
  if (entity === undefined || description === undefined) return emptyFeed;
  const deadLetters = context.entities.find(`${path}/$DeadLetterQueue`);
  return [
    `<entry xmlns="${atom}"><id>${escapeXml(url.href)}</id>`,
    `<title type="text">${escapeXml(path)}</title><content type="application/xml">`,
    `<${description} xmlns="${connect}">`,
    ...describe(context, { entity, deadLetters }),
    `</${description}></content></entry>`,
  ].join('');
}

const atom = 'http://www.w3.org/2005/Atom';
const connect = 'http://schemas.microsoft.com/netservices/2010/10/servicebus/connect';
const details = 'http://schemas.microsoft.com/netservices/2011/06/servicebus';
const emptyFeed = `<feed xmlns="${atom}"><title type="text">Publicly Listed Services</title></feed>`;

const descriptions: Readonly<Record<Entity['kind'], string | undefined>> = {
  queue: 'QueueDescription',
  topic: 'TopicDescription',
  subscription: 'SubscriptionDescription',
  deadLetterQueue: undefined,
};

function describe(
  { createdAt }: AtomContext,
  { entity, deadLetters }: { readonly entity: Entity; readonly deadLetters: Entity | undefined },
): readonly string[] {
  const { ready, locked, deferred, scheduled } = entity.queue.counts();
  const dead = deadLetters?.queue.counts();
  const counts = {
    ActiveMessageCount: ready + locked + deferred,
    DeadLetterMessageCount: dead === undefined ? 0 : dead.ready + dead.locked + dead.deferred,
    ScheduledMessageCount: scheduled,
    TransferMessageCount: 0,
    TransferDeadLetterMessageCount: 0,
  };
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const since = new Date(createdAt).toISOString();
  return [
    `<SizeInBytes>0</SizeInBytes><MessageCount>${total}</MessageCount>`,
    `<CreatedAt>${since}</CreatedAt><UpdatedAt>${since}</UpdatedAt>`,
    `<AccessedAt>${since}</AccessedAt><CountDetails xmlns:d2p1="${details}">`,
    ...Object.entries(counts).map(([name, count]) => `<d2p1:${name}>${count}</d2p1:${name}>`),
    '</CountDetails>',
  ];
}

function escapeXml(text: string): string {
  return text.replaceAll(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
