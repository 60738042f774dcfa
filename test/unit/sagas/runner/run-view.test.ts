import { describe, expect, it } from 'vitest';
import { toRunView } from '../../../../sagas/runner/run-view.ts';
import type { JournalEntry } from '../../../../sagas/runner/saga-state.ts';
import { epochMs } from '../../../../shared/kernel/time.ts';

describe('toRunView', () => {
  it('fits into the 16 KB of UTF-16 that the engine takes, and keeps the newest lines', () => {
    const journal = Array.from({ length: 500 }, (_, place): JournalEntry => {
      return { at: epochMs(place), what: 'command-sent', step: 'charge-payment', attempt: place };
    });
    const reason = { code: 'saga.cancelled', detail: 'x'.repeat(20_000) };
    const state = { phase: 'running', wakeAt: epochMs(1), stuck: [], journal, reason } as const;
    const view = toRunView(state);
    expect(JSON.stringify(view).length * 2).toBeLessThanOrEqual(16 * 1024);
    expect(view.journal.at(-1)).toEqual(journal.at(-1));
    expect(view.omitted + view.journal.length).toBe(500);
  });

  it('leaves a short journal whole', () => {
    const journal = [{ at: epochMs(1), what: 'started' }] as const;
    const state = { phase: 'running', wakeAt: epochMs(1), stuck: [], journal } as const;
    expect(toRunView({ ...state, reason: undefined })).toEqual({
      ...{ phase: 'running', reason: null, journal, omitted: 0 },
    });
  });
});
