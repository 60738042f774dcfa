import type { app, InvocationContext } from '@azure/functions';
import type { Config } from '../shared/config/config.ts';
import type { Services } from './compose.ts';

/** The part of @azure/functions that triggers register with. */
type FunctionApp = typeof app;

/** What a trigger gets to register itself. */
export interface Registration {
  readonly app: FunctionApp;
  readonly config: Config;
  /** Runs the work of an invocation; what it logs, however deep, carries the invocation's trace. */
  readonly run: <Value>(
    context: InvocationContext,
    work: (services: Services) => Promise<Value>,
  ) => Promise<Value>;
}
