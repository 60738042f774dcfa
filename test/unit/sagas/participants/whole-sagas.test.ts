import { describe, expect, it } from 'vitest';
import { balanceSaga, type SagaBooks } from '../../../../domain/balance.ts';
import type { Command, Reply } from '../../../../domain/messages.ts';
import { compensationNames, stepNames } from '../../../../domain/participants.ts';
import { decodeRecord } from '../../../../domain/participant-record-codec.ts';
import { parseSimulation } from '../../../../domain/simulation-rules.ts';
import { definitionNamed } from '../../../../sagas/definitions.ts';
import { createCommandHandler } from '../../../../sagas/participants/handle-command.ts';
import { advanceSaga, beginSaga } from '../../../../sagas/runner/machine.ts';
import type { SagaInput, SagaStart } from '../../../../sagas/runner/saga-state.ts';
import { durationMs } from '../../../../shared/kernel/time.ts';
import { deadline, now, orderData, receiptData } from '../../../support/commands.ts';
import { createMemoryParticipantStore } from '../../../support/memory-participant-store.ts';

const patience = { attempts: 2, timeout: durationMs(1_000), backoff: 1 };
const cases = {
  'order-fulfilment': { sagaId: 'SO-1', facts: orderData },
  'material-receipt': { sagaId: 'receipt-R-1', facts: receiptData },
} as const;

/** Runs a saga against the participants, and balances their books when it has ended. */
async function run(name: keyof typeof cases, rules: readonly object[] = []) {
  const definition = definitionNamed(name);
  if (definition === undefined) throw new Error(`there is a saga ${name}`);
  const { ask, books } = openParticipants(rules);
  const start: SagaStart = {
    ...cases[name],
    instanceId: cases[name].sagaId,
    ...{ startedAt: now, deadline, stepPatience: patience, compensationPatience: patience },
  };
  let time = now;
  let { state, commands } = beginSaga(definition, start);
  while (state.wakeAt !== undefined) {
    const reply = await ask(commands);
    if (reply === undefined) time = state.wakeAt;
    const input: SagaInput = reply === undefined ? { kind: 'time' } : { kind: 'reply', reply };
    ({ state, commands } = advanceSaga(definition, state, { input, now: time }));
  }
  const { phase } = state;
  return { phase, ...balanceSaga({ sagaId: start.sagaId, phase, records: await books() }) };
}

function openParticipants(rules: readonly object[]) {
  const parsed = parseSimulation(JSON.stringify(rules));
  if (!parsed.ok) throw new Error(parsed.problem);
  const store = createMemoryParticipantStore();
  const handle = createCommandHandler({
    ...{ store, rules: parsed.value, random: () => 0 },
    clock: { now: () => now },
    wait: () => Promise.resolve(),
  });
  return {
    /** The reply to the last of the commands, if there is one. */
    ask: async (commands: readonly Command[]): Promise<Reply | undefined> => {
      let reply: Reply | undefined;
      for (const command of commands) {
        const handling = await handle(command);
        reply = handling.kind === 'handled' ? handling.replies[0]?.reply : undefined;
      }
      return reply;
    },
    books: async (): Promise<SagaBooks['records']> => {
      const records: Record<string, unknown> = {};
      for await (const { participant, text } of store.all()) {
        records[participant] = decodeRecord(text);
      }
      return records;
    },
  };
}

describe('a saga with the participants', () => {
  it.each(['order-fulfilment', 'material-receipt'] as const)(
    'completes %s and balances',
    async (name) => {
      expect(await run(name)).toMatchObject({ phase: 'completed', violations: [] });
    },
  );

  it('keeps the money of an order that it ships', async () => {
    const { totals } = await run('order-fulfilment');
    expect(totals).toMatchObject({
      money: { BRL: { done: '18.6', undone: '0', standing: '18.6' } },
      reserved: { standing: '2.5' },
      parcels: { standing: 1 },
    });
  });

  it.each(
    stepNames.flatMap((command) => ['fail', 'silent'].map((behaviour) => ({ command, behaviour }))),
  )('compensates and balances when $command answers by $behaviour', async (rule) => {
    const isReceipt = ['receive-stock', 'put-away', 'clear-stock'].includes(rule.command);
    const name = isReceipt ? 'material-receipt' : 'order-fulfilment';
    const { phase, violations, totals } = await run(name, [rule]);
    expect({ phase, violations }).toEqual({ phase: 'compensated', violations: [] });
    expect(totals.money['BRL']?.standing ?? '0').toBe('0');
    expect(totals.reserved.standing).toBe('0');
    expect(totals.received.standing).toBe('0');
    expect(totals.parcels.standing).toBe(0);
  });

  it.each(compensationNames)('balances when %s fails for ever', async (command) => {
    const isReceipt = ['withdraw-stock', 'take-out', 'block-stock'].includes(command);
    const name = isReceipt ? 'material-receipt' : 'order-fulfilment';
    const last = isReceipt ? 'clear-stock' : 'complete-order';
    // The last step takes effect unheard, so that everything is to be undone.
    const rules = [
      { command, behaviour: 'fail-undo' },
      { command: last, behaviour: 'silent' },
    ];
    expect(await run(name, rules)).toMatchObject({ phase: 'needs-human', violations: [] });
  });

  it.each(compensationNames)('compensates when %s fails once', async (command) => {
    const isReceipt = ['withdraw-stock', 'take-out', 'block-stock'].includes(command);
    const name = isReceipt ? 'material-receipt' : 'order-fulfilment';
    const rules = [
      { command, behaviour: 'fail-undo', times: 1 },
      { command: isReceipt ? 'clear-stock' : 'complete-order', behaviour: 'silent' },
    ];
    const { phase, violations } = await run(name, rules);
    expect({ phase, violations }).toEqual({ phase: 'compensated', violations: [] });
  });
});
