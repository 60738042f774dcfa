import type { Result } from '../kernel/result.ts';
import type { Config } from './config.ts';
import {
  hasConnection,
  readBrokerConnection,
  readStorageConnection,
  type BrokerConnection,
  type StorageConnection,
} from './connections.ts';
import type { ConfigProblem, Environment } from './problem.ts';

/** The settings that name connections, in the order in which they are documented. */
export const connectionNames = [
  'EventHubs',
  'ServiceBus',
  'AzureWebJobsStorage',
  'StateStorage',
  'BronzeStorage',
] as const;

export interface ConnectionSet {
  /** Every connection that could be read, by name. */
  readonly found: ReadonlyMap<string, BrokerConnection | StorageConnection>;
  readonly problems: readonly ConfigProblem[];
  /** Present when there is no problem. */
  readonly complete: Config['connections'] | undefined;
}

/**
 * Reads every connection. State goes to the account of the Functions host unless `StateStorage`
 * says otherwise, Bronze to the account of the state unless `BronzeStorage` does.
 */
export function readConnections(env: Environment): ConnectionSet {
  const stateName = firstGiven(env, ['StateStorage', 'AzureWebJobsStorage']);
  const bronzeName = firstGiven(env, ['BronzeStorage', stateName]);
  const hubs = readBrokerConnection(env, 'EventHubs');
  const bus = readBrokerConnection(env, 'ServiceBus');
  const host = readStorageConnection(env, 'AzureWebJobsStorage');
  const state = readStorageConnection(env, stateName);
  const bronze = readStorageConnection(env, bronzeName);
  const results = new Map<string, Result<BrokerConnection | StorageConnection, ConfigProblem>>([
    ['EventHubs', hubs],
    ['ServiceBus', bus],
    ['AzureWebJobsStorage', host],
    [stateName, state],
    [bronzeName, bronze],
  ]);
  const complete =
    hubs.ok && bus.ok && host.ok && state.ok && bronze.ok
      ? {
          eventHubs: hubs.value,
          serviceBus: bus.value,
          stateStorage: state.value,
          bronzeStorage: bronze.value,
        }
      : undefined;
  return {
    found: new Map([...results].flatMap(([name, read]) => (read.ok ? [[name, read.value]] : []))),
    problems: [...results.values()].flatMap((read) => (read.ok ? [] : [read.problem])),
    complete,
  };
}

function firstGiven(env: Environment, [preferred, other]: readonly [string, string]): string {
  return hasConnection(env, preferred) ? preferred : other;
}
