/** Shows how far something is: one line that changes on a terminal, a line now and then elsewhere. */
export interface ProgressLine {
  show(text: string): void;
  /** Ends the line, so that what follows begins on its own. */
  end(): void;
}

const quietMs = 3_000;

export function createProgressLine(
  output: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
  nowMs: () => number,
): ProgressLine {
  let shown = '';
  let shownAtMs = -quietMs;
  const isTerminal = output.isTTY;
  return {
    show(text) {
      if (text === shown) return;
      if (!isTerminal && nowMs() - shownAtMs < quietMs) return;
      output.write(isTerminal ? `\r\u001b[K${text}` : `${text}\n`);
      shown = text;
      shownAtMs = nowMs();
    },
    end() {
      if (isTerminal && shown !== '') output.write('\n');
      shown = '';
    },
  };
}
