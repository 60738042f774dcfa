import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { machineOf } from '../../../../sagas/runner/machine-generations.ts';
import type { Recording } from '../../../support/sagas/durable-stage.ts';
import { resumeRun } from '../../../support/sagas/saga-stage.ts';

/** Runs of a former version, recorded while they waited. They are never recorded anew. */
function recorded(name: string): Recording {
  return JSON.parse(readFileSync(`test/fixtures/sagas/${name}.json`, 'utf8')) as Recording;
}

function versionOfHost(): unknown {
  const host = JSON.parse(readFileSync('host.json', 'utf8')) as {
    readonly extensions: { readonly durableTask: { readonly defaultVersion: unknown } };
  };
  return host.extensions.durableTask.defaultVersion;
}

describe('runs that were started under version 1.0', () => {
  it('complete when they wait for an answer to the second sending of a command', async () => {
    const run = await resumeRun(recorded('order-in-flight-1.0'));
    const payment = { id: 'SO-1/charge-payment', commandId: 'SO-1/charge-payment' };
    const reply = {
      ...{ ...payment, commandName: 'charge-payment', participant: 'payment', sagaId: 'SO-1' },
      ...{ replyTo: 'SO-1', outcome: { kind: 'done', data: {} } },
    };
    await run.stage.raise({ kind: 'reply', reply });
    while (!run.stage.isDone) await run.reply();
    expect(run.stage.output).toEqual({ outcome: 'completed' });
    expect(run.sent().map(({ name }) => name)).toEqual([
      ...['pick-order', 'pack-order', 'ship-order', 'complete-order'],
    ]);
  });

  it('end compensated when they were compensating', async () => {
    const run = await resumeRun(recorded('order-compensating-1.0'));
    await run.stage.fireTimer();
    while (!run.stage.isDone) await run.reply();
    expect(run.stage.output).toEqual({ outcome: 'compensated' });
  });

  it('are told from a history that this code would not have made', async () => {
    const recording = recorded('order-in-flight-1.0');
    const changed = recording.history.map((event) =>
      event['Name'] === 'send-command' ? { ...event, Name: 'another' } : event,
    );
    await expect(resumeRun({ ...recording, history: changed })).rejects.toThrow(/another/);
  });
});

describe('the generations of the machine', () => {
  it('have the version that host.json gives to new runs', () => {
    expect(machineOf(String(versionOfHost()))).toBeDefined();
  });

  it('take a run without a version for one of the first', () => {
    expect(machineOf(undefined)).toBe(machineOf('1.0'));
    expect(machineOf(null)).toBe(machineOf('1.0'));
  });
});
