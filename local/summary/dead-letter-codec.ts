/** The part of the answer of `GET /api/dead-letters/groups` that a summary needs. */
export interface GroupsAnswer {
  readonly totals: Readonly<Record<'open' | 'replayed' | 'discarded' | 'purged', number>> & {
    readonly openByCategory: Readonly<Record<string, number>>;
  };
}

export function parseGroups(text: string): GroupsAnswer {
  return JSON.parse(text) as GroupsAnswer;
}
