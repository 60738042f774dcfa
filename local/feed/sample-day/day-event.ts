import type { Chance } from './chance.ts';

/** Something that happens at the factory; it becomes a CloudEvent when it is sent. */
export interface DayEvent {
  /** `{system}.{entity}.{action}`, as in the catalogue. */
  readonly name: string;
  readonly source: string;
  readonly subject: string;
  /** Milliseconds since midnight. */
  readonly atMs: number;
  readonly data: object;
  /** The business transaction that it belongs to, where there is one. */
  readonly correlation?: string;
  readonly via: 'hub' | 'servicebus';
}

/** What the parts of the factory need to know of the day. */
export interface Day {
  readonly chance: Chance;
  /** Midnight UTC, in milliseconds since 1970. */
  readonly midnightMs: number;
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export function timeAt({ midnightMs }: Day, atMs: number): string {
  return new Date(midnightMs + atMs).toISOString();
}

/** An instant of the day, some minutes after another; late work is done at the end of the day. */
export function later({ chance }: Day, atMs: number, minutes: readonly [number, number]): number {
  const delay = chance.whole(minutes[0] * 60, minutes[1] * 60) * 1000 + chance.whole(0, 999);
  return Math.min(atMs + delay, dayMs - 1);
}
