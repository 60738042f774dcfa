import { describe, expect, it } from 'vitest';
import { createProgressLine } from '../../../../local/summary/progress-line.ts';

function play(isTTY: boolean): {
  show(text: string, atMs: number): void;
  end(): void;
  written: string[];
} {
  const written: string[] = [];
  let nowMs = 0;
  const output = { isTTY, write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
  const line = createProgressLine(output, () => nowMs);
  return {
    written,
    show(text, atMs) {
      nowMs = atMs;
      line.show(text);
    },
    end: () => {
      line.end();
    },
  };
}

describe('a progress line', () => {
  it('changes in place on a terminal and ends with a line of its own', () => {
    const line = play(true);
    line.show('1 of 2', 0);
    line.show('1 of 2', 10);
    line.show('2 of 2', 20);
    line.end();
    expect(line.written).toEqual(['\r\u001b[K1 of 2', '\r\u001b[K2 of 2', '\n']);
  });

  it('is a plain line now and then elsewhere', () => {
    const line = play(false);
    line.show('1 of 3', 0);
    line.show('2 of 3', 2_999);
    line.show('3 of 3', 3_000);
    line.end();
    expect(line.written).toEqual(['1 of 3\n', '3 of 3\n']);
  });
});
