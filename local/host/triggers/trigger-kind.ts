import type { Clock } from '../../../shared/kernel/time.ts';
import type { Delivery, InvocationOutcome, Invoker } from '../invocation/invoker.ts';
import type { FunctionDefinition } from '../invocation/function-definition.ts';
import type { HostLog } from '../host-log.ts';
import type { HostJson } from '../settings/host-json.ts';
import type { LocalOptions } from '../settings/local-options.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import type { Settings } from '../settings/settings.ts';
import type { DurableFunctions } from '../durable/durable-functions.ts';
import type { HttpRoutes } from './http/http-routes.ts';

/** What a trigger may use of its host. */
export interface HostServices {
  readonly settings: Settings;
  readonly hostJson: HostJson;
  readonly local: LocalOptions;
  readonly log: HostLog;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Names this app in the host's own storage: all its hosts share state and locks under it. */
  readonly hostId: string;
  readonly invoker: Invoker;
  readonly routes: HttpRoutes;
  /** Takes the functions that the durable engine runs. */
  readonly durable: DurableFunctions;
  /** Where the library serves streamed HTTP; undefined unless the app has turned streaming on. */
  readonly httpStreamUri: URL | undefined;
}

/** One function as its listener sees it. */
export interface TriggeredFunction {
  readonly definition: FunctionDefinition;
  /** One attempt. */
  invoke(delivery: Delivery): Promise<InvocationOutcome>;
  /** As many attempts as the retry policy says; aborting the signal ends the waiting in between. */
  invokeWithRetry(delivery: Delivery, signal: AbortSignal): Promise<InvocationOutcome>;
}

/** Feeds one function. */
export interface Listener {
  start(): Promise<void>;
  /** Takes nothing new and resolves when what is running has ended and is settled. */
  stop(): Promise<void>;
}

/** A type of trigger that the host knows. */
export interface TriggerKind {
  /** As in the binding: `httpTrigger`. Compared in any case. */
  readonly type: string;
  /**
   * Reads the options and answers the listener, without any I/O. What is wrong goes to the reader:
   * the host shows all problems of all functions together and starts none.
   */
  prepare(target: TriggeredFunction, options: OptionReader, services: HostServices): Listener;
}
