import { app } from '@azure/functions';
import { loadConfig } from '../shared/config/load-config.ts';
import { createLog } from '../shared/telemetry/log.ts';
import { createScopedLog } from '../shared/telemetry/scoped-log.ts';
import { registerCleanClaims } from './clean-claims.ts';
import { composeServices } from './compose.ts';
import { registerDeadLetterApi } from './dead-letter-api.ts';
import { registerExpireChoreographies } from './expire-choreographies.ts';
import { registerHandleCommands } from './handle-commands.ts';
import { registerHandleOrderCommand } from './handle-order-command.ts';
import { registerHandleReplays } from './handle-replays.ts';
import { registerHealth } from './health.ts';
import { registerIngestBrokerDeadLetters } from './ingest-broker-dead-letters.ts';
import { registerIngestEventGridDeadLetters } from './ingest-event-grid-dead-letters.ts';
import { registerLandDeadLetters } from './land-dead-letters.ts';
import { registerLandEvents } from './land-events.ts';
import { registerLandRelayedEvents } from './land-relayed-events.ts';
import { registerMaintainBronze } from './maintain-bronze.ts';
import { registerMeasureDeadLetters } from './measure-dead-letters.ts';
import { registerPurgeDeadLetters } from './purge-dead-letters.ts';
import type { Registration } from './registration.ts';
import { registerReactToSagas } from './react-to-sagas.ts';
import { registerReceiveReply } from './receive-reply.ts';
import { registerRelayEvents } from './relay-events.ts';
import { registerReplayApi } from './replay-api.ts';
import { registerResumeReplays } from './resume-replays.ts';
import { registerRunSaga } from './run-saga.ts';
import { registerSagaApi } from './saga-api.ts';
import { registerSettleIdlePartitions } from './settle-idle-partitions.ts';
import { registerStartSagas } from './start-sagas.ts';
import { warmUp } from './warm-up.ts';

// The one entry of the application: load, compose, register. It throws when the configuration has
// problems, listing all of them, and then the host starts none of the functions.
const config = await loadConfig(`${import.meta.dirname}/..`, async () => {
  const { parseSimulation } = await import('../domain/simulation-rules.ts');
  return { simulation: parseSimulation };
});
const log = createScopedLog(createLog(console));
const services = composeServices(config, log);
const registration: Registration = {
  app,
  config,
  run: (context, work) => {
    const { invocationId, functionName, traceContext } = context;
    const trace = { functionName, invocationId, traceparent: traceContext?.traceParent };
    return log.during(createLog(context, trace), () => work(services));
  },
};

// Without it the host drops empty entries from lists of texts, and one message of a batch would be
// taken for another (docs/host-settings.md).
// Streams, because an export of dead letters may be larger than what fits in memory.
app.setup({
  enableHttpStream: true,
  capabilities: { IncludeEmptyEntriesInMessagePayload: true },
});

registerLandEvents(registration);
registerLandRelayedEvents(registration);
registerRelayEvents(registration);
registerLandDeadLetters(registration);
registerIngestBrokerDeadLetters(registration);
registerIngestEventGridDeadLetters(registration);
registerHandleOrderCommand(registration);
registerSettleIdlePartitions(registration);
registerMaintainBronze(registration);
registerCleanClaims(registration);
registerStartSagas(registration);
if (config.sagas.variant === 'orchestration') {
  registerRunSaga(registration);
  registerReceiveReply(registration);
  registerHandleCommands(registration);
} else {
  registerReactToSagas(registration);
  registerExpireChoreographies(registration);
}
registerSagaApi(registration);
registerMeasureDeadLetters(registration);
registerPurgeDeadLetters(registration);
registerDeadLetterApi(registration);
registerReplayApi(registration);
registerHandleReplays(registration);
registerResumeReplays(registration);
registerHealth(registration);

app.hook.appStart(async () => {
  warmUp(services, log);
  if (config.applicationInsights === undefined) return;
  const telemetry = await import('../shared/telemetry/application-insights.ts');
  telemetry.startApplicationInsights(config.applicationInsights);
});
app.hook.appTerminate(() => services.close());
