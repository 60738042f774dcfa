import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../../../../shared/kernel/time.ts';
import {
  isHandled,
  noteHandled,
} from '../../../../../../local/host/durable/entities/sender-log.ts';

const sender = (executionId: string, number: number) => ({ instanceId: 'i', executionId, number });

describe('the log of senders', () => {
  it('knows what was handled, by execution and number', () => {
    const log = noteHandled({}, [sender('a', 3), sender('a', 1)], epochMs(0));
    expect(isHandled(log, sender('a', 3))).toBe(true);
    expect(isHandled(log, sender('a', 2))).toBe(true);
    expect(isHandled(log, sender('a', 4))).toBe(false);
    expect(isHandled(log, sender('b', 1))).toBe(false);
    expect(isHandled(log, sender('__proto__', 1))).toBe(false);
    expect(isHandled(log, undefined)).toBe(false);
  });

  it('forgets who has been silent for half an hour', () => {
    const old = noteHandled({}, [sender('a', 1)], epochMs(0));
    const later = noteHandled(old, [sender('b', 1)], epochMs(31 * 60_000));
    expect(Object.keys(later)).toEqual(['b']);
  });
});
