import { trigger, type InvocationContext } from '@azure/functions';
import type { SagaDuty } from './compose/sagas.ts';
import { durableClientInputs, instancesOf } from './durable-client.ts';
import { once } from './once.ts';
import type { Registration } from './registration.ts';
import { durableNames } from './sagas/names.ts';

/**
 * Registers the orchestrator of sagas and its activities as durable-functions would, but without
 * loading it: most cold starts are for an event that needs no orchestrator.
 */
export function registerRunSaga(registration: Registration): void {
  const loadHandler = once(async () => (await import('./sagas/orchestration.ts')).runSagaHandler);
  const handler = async (input: unknown, context: InvocationContext): Promise<unknown> => {
    const handle = await loadHandler();
    return await handle(input, context);
  };
  registration.app.generic(durableNames.runSaga, {
    trigger: trigger.generic({ type: 'orchestrationTrigger' }),
    handler,
  });
  const { enterSaga, sendCommand, listSaga, reportStuck } = durableNames;
  registerActivity(registration, enterSaga, ({ enter }, input) => enter(input));
  registerActivity(registration, sendCommand, (does, input) => does.sendCommand(input));
  registerActivity(registration, listSaga, ({ list }, input) => list(input));
  registerActivity(registration, reportStuck, (does, input) => does.reportStuck(input));
  registerCloseSaga(registration);
}

function registerActivity(
  { app, run }: Registration,
  name: string,
  act: (activities: SagaDuty['activities'], input: unknown) => Promise<unknown>,
): void {
  app.generic(name, {
    trigger: trigger.generic({ type: 'activityTrigger' }),
    handler: (input: unknown, context: InvocationContext) =>
      run(context, async ({ sagas }) => {
        const { activities } = await sagas();
        return await act(activities, input);
      }),
  });
}

/** Closing may send a saga back, which starts an instance. */
function registerCloseSaga({ app, run }: Registration): void {
  app.generic(durableNames.closeSaga, {
    trigger: trigger.generic({ type: 'activityTrigger' }),
    extraInputs: durableClientInputs,
    handler: (input: unknown, context: InvocationContext) =>
      run(context, async ({ sagas }) => {
        const { activities } = await sagas();
        await activities.close(await instancesOf(context), input);
      }),
  });
}
