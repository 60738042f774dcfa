import { AppError } from '../../shared/kernel/app-error.ts';
import { toAsciiJson } from '../../shared/kernel/ascii-json.ts';
import type { TrackerState } from './tracked-saga.ts';

/** The state of a saga as the text of its row, in ASCII. */
export function encodeState(state: TrackerState): string {
  return toAsciiJson(JSON.stringify(state));
}

/** Errors: `storage.unexpected_answer` (permanent) for a row that we have not written. */
export function decodeState(text: string): TrackerState {
  const state = parse(text) as Partial<TrackerState> | undefined;
  if (Array.isArray(state?.parked)) return { saga: state.saga, parked: state.parked };
  throw new AppError('storage.unexpected_answer', 'A row of the choreography is damaged.', {
    kind: 'permanent',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
