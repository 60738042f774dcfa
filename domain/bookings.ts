/** Things that were done, and the ids of those that were undone. Both lists only grow. */
export interface Bookings<Entry extends { readonly id: string }> {
  readonly made: readonly Entry[];
  readonly undone: readonly string[];
}

export const noBookings = { made: [], undone: [] } as const;

export function book<Entry extends { readonly id: string }>(
  bookings: Bookings<Entry>,
  entry: Entry,
): Bookings<Entry> {
  return { ...bookings, made: [...bookings.made, entry] };
}

/** The bookings without the one of this id; undefined when there is none that stands. */
export function unbook<Entry extends { readonly id: string }>(
  bookings: Bookings<Entry>,
  id: unknown,
): Bookings<Entry> | undefined {
  const entry = standing(bookings).find((candidate) => candidate.id === id);
  return entry && { ...bookings, undone: [...bookings.undone, entry.id] };
}

/** What was done and not undone. */
export function standing<Entry extends { readonly id: string }>({
  made,
  undone,
}: Bookings<Entry>): readonly Entry[] {
  return made.filter(({ id }) => !undone.includes(id));
}

/** The id of the next entry: the same whenever the same command meets the same bookings. */
export function nextId<Entry extends { readonly id: string }>(
  prefix: string,
  key: string,
  { made }: Bookings<Entry>,
): string {
  return `${prefix}-${key}-${made.length + 1}`;
}
