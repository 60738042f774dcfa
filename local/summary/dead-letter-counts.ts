import { parseGroups } from './dead-letter-codec.ts';

/** What is stored of dead letters, and how many alerts were raised of them in this run. */
export interface DeadLetterSummary {
  readonly open: number;
  /** Replayed, discarded or purged. */
  readonly resolved: number;
  /** Of those that are open. */
  readonly byCategory: Readonly<Record<string, number>>;
  readonly alerts: number;
}

/** Asks the running application. Rejects when it does not answer. */
export async function readDeadLetters(http: string): Promise<Omit<DeadLetterSummary, 'alerts'>> {
  const response = await fetch(`${http}/api/dead-letters/groups`);
  const { totals } = parseGroups(await response.text());
  const { open, replayed, discarded, purged, openByCategory } = totals;
  const found = Object.entries(openByCategory).filter(([, count]) => count > 0);
  return {
    open,
    resolved: replayed + discarded + purged,
    byCategory: Object.fromEntries(found),
  };
}

/** The dead letters for a person; nothing when there never was one. */
export function formatDeadLetters(summary: DeadLetterSummary): readonly string[] {
  const { open, resolved, byCategory, alerts } = summary;
  if (open + resolved === 0) return [];
  const categories = Object.entries(byCategory).map(([name, count]) => `${count} ${name}`);
  const which = categories.length === 0 ? '' : ` (${categories.join(', ')})`;
  return [`Dead letters: ${open} open${which}, ${resolved} resolved; alerts raised: ${alerts}.`];
}
