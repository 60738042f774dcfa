import { AppError } from '../kernel/app-error.ts';
import type { Author, HubPartition } from '../kernel/author.ts';
import type { HubMessage } from '../ports/hub.ts';
import type { Head, Plan } from '../ports/ledger.ts';
import { decideMessages, type DecidedMessage } from './decide.ts';
import type { IngestPorts } from './ingest-ports.ts';
import { findLanded } from './landed-plans.ts';
import { landItems } from './landing.ts';
import { cutStretch, makePlan } from './plan.ts';
import { readMessages } from './read-messages.ts';
import { reportLoss, reportPlan, type Tally } from './report.ts';
import { confirmIncarnation, gatherStretch, type Stretch } from './stretch.ts';

/** How far a partition is. `landed` runs ahead of `head.settled`, which moves with the next plan. */
export interface Progress {
  readonly head: Head;
  readonly landed: number;
}

/** One way through a partition: up to a sequence number, with the messages that were delivered. */
export interface Walk {
  readonly author: Author;
  readonly partition: HubPartition;
  readonly delivered: ReadonlyMap<number, HubMessage>;
  readonly until: number;
  readonly rereadWindow: number;
  readonly tally: Tally;
}

/** Each lost race is another owner's progress; more than this is a livelock that a retry ends. */
const maxLostRaces = 20;

/**
 * Plans and lands everything up to `walk.until`, in order: what is planned is adopted, what is not
 * is decided, and nothing is passed without its verdict.
 * Errors: those of the ports; `hub.recreated`, `ledger.contended` (transient).
 */
export async function walkPartition(
  ports: IngestPorts,
  walk: Walk,
  from: Progress,
): Promise<Progress> {
  let progress = from;
  let lostRaces = 0;
  if (isBehind(walk, progress)) await confirmIncarnation(ports.hub, walk.partition);
  while (progress.landed < walk.until) {
    if (progress.landed < progress.head.planned) {
      progress = await adoptPlanned(ports, walk, progress);
      continue;
    }
    const next = await planNext(ports, walk, progress);
    if (next === 'lost-race') lostRaces += 1;
    if (lostRaces > maxLostRaces) throw contended(walk.author);
    progress = next === 'lost-race' ? await reload(ports, walk, progress) : next;
  }
  return progress;
}

/** Delivered messages would be dropped: they may be the first ones of a re-created hub. */
function isBehind({ delivered }: Walk, { landed }: Progress): boolean {
  for (const sequenceNumber of delivered.keys()) if (sequenceNumber <= landed) return true;
  return false;
}

/** Lands what the plan says of the next stretch, whoever planned it. */
async function adoptPlanned(ports: IngestPorts, walk: Walk, progress: Progress): Promise<Progress> {
  const { author, partition } = walk;
  // Stored verdicts would be taken for messages of another incarnation.
  if (walk.delivered.size > 0) await confirmIncarnation(ports.hub, partition);
  const { planned } = progress.head;
  const newer = await ports.ledger.plansAfter(author, progress.landed);
  // Plans beyond our head belong to a race that we have yet to lose.
  const plans = newer.filter((plan) => plan.last <= planned);
  const landed = await findLanded(ports.tables, author, plans);
  if (landed > progress.landed) return { ...progress, landed };
  const plan = coveringPlan(plans, author, progress.landed + 1);
  const last = Math.min(plan.last, walk.until);
  const stretch = await gatherStretch(ports.hub, { ...walk, first: progress.landed + 1, last });
  const items = plan.items.filter(
    ({ sequenceNumber: at }) => at >= stretch.first && at <= stretch.last,
  );
  const messages = await readMessages(ports, stretch.messages, partition.hub);
  // Before landing: rows that follow would move the watermark past those that are gone.
  await reportLoss(ports, { author, stretch, items });
  await landItems(ports, { author, partition, plan, items, messages });
  walk.tally.adopt(items);
  return { ...progress, landed: stretch.last };
}

/** Decides the next stretch, stores its plan and lands it. */
async function planNext(
  ports: IngestPorts,
  walk: Walk,
  { head, landed }: Progress,
): Promise<Progress | 'lost-race'> {
  const { author, partition, until } = walk;
  const request = { ...walk, first: landed + 1, last: until };
  const stretch = await gatherStretch(ports.hub, request);
  const read = await readMessages(ports, stretch.messages, partition.hub);
  const messages = await decideMessages(ports.claims, author, read);
  const stored = await storePlan(ports, { walk, head, settled: landed }, { stretch, messages });
  if (stored === 'lost-race') return stored;
  const { plan } = stored;
  reportPlan(ports.log, author, plan);
  await landItems(ports, { author, partition, plan, items: plan.items, messages });
  walk.tally.plan(plan);
  return { head: stored.head, landed: plan.last };
}

interface Decided {
  readonly stretch: Stretch;
  readonly messages: readonly DecidedMessage[];
}

/** Stores the plan, or that of the longest prefix that fits in a transaction. */
async function storePlan(
  { ledger, clock }: IngestPorts,
  at: { readonly walk: Walk; readonly head: Head; readonly settled: number },
  decided: Decided,
): Promise<{ readonly plan: Plan; readonly head: Head } | 'lost-race'> {
  let { stretch, messages } = decided;
  for (;;) {
    const plan = makePlan(stretch, messages, clock.now());
    const answer = await ledger.append(at.walk.author, at.head, { plan, settled: at.settled });
    if (answer === 'lost-race') return answer;
    if (answer !== 'too-large') return { plan, head: answer };
    if (messages.length < 2) throw oversized(at.walk.author, plan);
    stretch = cutStretch(stretch, Math.floor(messages.length / 2));
    messages = messages.slice(0, stretch.messages.length);
  }
}

/** Another owner has planned: its verdicts hold. */
async function reload(ports: IngestPorts, walk: Walk, progress: Progress): Promise<Progress> {
  const head = await ports.ledger.head(walk.author);
  if (head === undefined) throw corrupt(walk.author, progress.landed);
  const reloaded = { head, landed: Math.max(progress.landed, head.settled) };
  if (isBehind(walk, reloaded)) await confirmIncarnation(ports.hub, walk.partition);
  return reloaded;
}

function coveringPlan(plans: readonly Plan[], author: Author, sequenceNumber: number): Plan {
  const plan = plans[0];
  if (plan !== undefined && plan.first <= sequenceNumber) return plan;
  throw corrupt(author, sequenceNumber);
}

function corrupt(author: Author, sequenceNumber: number): AppError {
  return new AppError('ledger.corrupt', 'The ledger has no plan where its head says so.', {
    kind: 'permanent',
    details: { author, sequenceNumber },
  });
}

function contended(author: Author): AppError {
  return new AppError('ledger.contended', 'Another owner of the partition was always faster.', {
    kind: 'transient',
    details: { author },
  });
}

function oversized(author: Author, { first, items }: Plan): AppError {
  return new AppError('bug', 'The verdicts of one message do not fit in one plan.', {
    kind: 'permanent',
    details: { author, sequenceNumber: first, items: items.length },
  });
}
