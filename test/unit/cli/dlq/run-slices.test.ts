import { describe, expect, it } from 'vitest';
import { runSlices } from '../../../../cli/dlq/run-slices.ts';
import { toCommandLine } from '../../../../cli/dlq/command-line.ts';

const id = '5f0c1d9e-0000-5000-a000-000000000001';

/** Slices of two letters each; `failsIn` is the slice that ends in a failure. */
function createDesk(slices: number, failsIn = -1) {
  const asked: (string | undefined)[] = [];
  const ask = (continuation: string | undefined) => {
    asked.push(continuation);
    const second = asked.length - 1 === failsIn ? 'failed' : 'replayed';
    const next = asked.length < slices ? `after-${asked.length}` : null;
    const outcomes = ['replayed', second].map((outcome) => ({ id, outcome }));
    return Promise.resolve({ outcomes, continuation: next });
  };
  return { asked, ask };
}

describe('runSlices', () => {
  const quiet = { after: undefined, isStopped: () => false, onSlice: () => undefined };

  it('asks on until there is nothing left, and adds up', async () => {
    const { asked, ask } = createDesk(3);
    const { total, next } = await runSlices({ ...quiet, ask });
    expect(asked).toEqual([undefined, 'after-1', 'after-2']);
    expect([...total]).toEqual([['replayed', 6]]);
    expect(next).toBeUndefined();
  });

  it('stops after the slice in flight, and says where to go on', async () => {
    const { asked, ask } = createDesk(9);
    const isStopped = () => asked.length === 2;
    const { total, next } = await runSlices({ ...quiet, ask, isStopped });
    expect(asked).toHaveLength(2);
    expect(total.get('replayed')).toBe(4);
    expect(next).toBe('after-2');
    const again = createDesk(9);
    await runSlices({ ...quiet, ask: again.ask, after: 'after-2', isStopped: () => true });
    expect(again.asked).toEqual(['after-2']);
  });

  it('does not ask on when something that is needed is down', async () => {
    const { asked, ask } = createDesk(9, 1);
    const { next } = await runSlices({ ...quiet, ask });
    expect(asked).toHaveLength(2);
    expect(next).toBe('after-2');
  });
});

describe('toCommandLine', () => {
  it('is the same command from where it stopped, safe for a shell', () => {
    const args = ['retry', '--group', "it's a $(b)", '--reason=x y', '--after', 'old'];
    expect(toCommandLine(args, '1795|')).toBe(
      "npm run dlq -- retry --group 'it'\\''s a $(b)' '--reason=x y' --after '1795|'",
    );
    expect(toCommandLine(['list', '--after=old'], 'new')).toBe('npm run dlq -- list --after new');
  });
});
