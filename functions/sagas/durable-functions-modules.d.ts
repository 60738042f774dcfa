/**
 * The part of durable-functions 3.5.0 that makes a handler of an orchestrator. Its public API does so
 * only while it registers the function, which would load the SDK in every cold start; the version is
 * pinned because this module is internal.
 */
declare module 'durable-functions/lib/src/util/testingUtils.js' {
  import type { FunctionHandler } from '@azure/functions';
  import type { OrchestrationHandler } from 'durable-functions';

  export function createOrchestrator(orchestrator: OrchestrationHandler): FunctionHandler;
}
