import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createLog, type LogSink } from '../../../../shared/telemetry/log.ts';
import { createScopedLog } from '../../../../shared/telemetry/scoped-log.ts';

function createSink(): LogSink & { readonly lines: string[] } {
  const lines: string[] = [];
  const level = (name: string) => (line: string) => {
    lines.push(`${name}: ${line}`);
  };
  return {
    lines,
    debug: level('debug'),
    info: level('info'),
    warn: level('warn'),
    error: level('error'),
  };
}

describe('createLog', () => {
  it('keeps levels apart and writes details and fields behind the message', () => {
    const sink = createSink();
    const log = createLog(sink, { invocationId: 'i' });
    log.debug('a');
    log.info('b', { count: 1, absent: undefined });
    log.warn('c');
    log.error('d');
    expect(sink.lines).toEqual([
      'debug: a {"invocationId":"i"}',
      'info: b {"count":1,"invocationId":"i"}',
      'warn: c {"invocationId":"i"}',
      'error: d {"invocationId":"i"}',
    ]);
  });

  it('does not let a value begin a line or replace a field', () => {
    const sink = createSink();
    createLog(sink, { invocationId: 'i' }).info('a', {
      id: 'x\n{"level":"forged"}',
      invocationId: 'j',
    });
    expect(sink.lines[0]).not.toContain('\n');
    expect(sink.lines[0]).toContain('"invocationId":"i"');
    expect(sink.lines[0]).not.toContain('"j"');
  });
});

describe('createScopedLog', () => {
  it('gives each of several invocations at once its own lines, also across awaits', async () => {
    const sinks = [createSink(), createSink()];
    const outside = createSink();
    const scoped = createScopedLog(createLog(outside));
    const adapter = async (text: string): Promise<void> => {
      await turn();
      scoped.info(text);
    };
    await Promise.all(
      sinks.map((sink, at) => scoped.during(createLog(sink), () => adapter(`line ${at}`))),
    );
    scoped.warn('alone');
    expect(sinks.map(({ lines }) => lines)).toEqual([['info: line 0'], ['info: line 1']]);
    expect(outside.lines).toEqual(['warn: alone']);
  });
});
