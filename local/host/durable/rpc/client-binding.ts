import { rpcPrefix } from './rpc-exchange.ts';

/** In its place the SDK puts the id of an instance. */
const idPlaceholder = 'INSTANCEID';

/**
 * The value of the `durableClient` input, as JSON. It is the same for every invocation.
 * Source: durable-functions 3.5.0, OrchestrationClientInputData.
 */
export function clientBinding(origin: string, hubName: string): string {
  const baseUrl = `${origin}${rpcPrefix}`;
  const required = `taskHub=${hubName}&connection=Storage`;
  return JSON.stringify({
    taskHubName: hubName,
    creationUrls: {
      createNewInstancePostUri: `${baseUrl}/orchestrators/{functionName}[/{instanceId}]?${required}`,
    },
    managementUrls: managementUrls(baseUrl, idPlaceholder, required),
    baseUrl,
    requiredQueryStringParameters: required,
    rpcBaseUrl: `${baseUrl}/`,
  });
}

/** Where an instance is asked and told things. */
export function managementUrls(
  baseUrl: string,
  id: string,
  required: string,
): Readonly<Record<string, string>> {
  const instance = `${baseUrl}/instances/${id}`;
  const withReason = (verb: string): string => `${instance}/${verb}?reason={text}&${required}`;
  return {
    id,
    statusQueryGetUri: `${instance}?${required}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${required}`,
    terminatePostUri: withReason('terminate'),
    rewindPostUri: withReason('rewind'),
    purgeHistoryDeleteUri: `${instance}?${required}`,
    restartPostUri: `${instance}/restart?${required}`,
    suspendPostUri: withReason('suspend'),
    resumePostUri: withReason('resume'),
  };
}
