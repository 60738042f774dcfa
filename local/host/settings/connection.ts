import type { Result } from '../../../shared/kernel/result.ts';
import { fail, succeed } from '../../../shared/kernel/result.ts';
import type { Settings } from './settings.ts';

/** How a client reaches its service. */
export type ConnectionTarget =
  | { readonly kind: 'connectionString'; readonly connectionString: string }
  | {
      readonly kind: 'identity';
      /** Host name of a messaging namespace, or URL of a blob service. */
      readonly endpoint: string;
      readonly clientId: string | undefined;
      /** `managedidentity`, or undefined for the default chain of credentials. */
      readonly credential: string | undefined;
    };

export interface MissingConnection {
  readonly problem: string;
  readonly remedy: string;
}

/** Resolves the name of a messaging connection: a connection string or an identity. */
export function resolveMessagingConnection(
  settings: Settings,
  name: string,
): Result<ConnectionTarget, MissingConnection> {
  const keys = ['fullyQualifiedNamespace'];
  return resolveConnection(settings, name, {
    keys,
    endpointOf: (prefix) => settings.get(`${prefix}__fullyQualifiedNamespace`),
  });
}

/** Resolves the name of a storage connection, used for its blobs. */
export function resolveBlobConnection(
  settings: Settings,
  name: string,
): Result<ConnectionTarget, MissingConnection> {
  return resolveStorageConnection(settings, name, 'blob');
}

/** Resolves the name of a storage connection, used for its tables. */
export function resolveTableConnection(
  settings: Settings,
  name: string,
): Result<ConnectionTarget, MissingConnection> {
  return resolveStorageConnection(settings, name, 'table');
}

function resolveStorageConnection(
  settings: Settings,
  name: string,
  service: 'blob' | 'table',
): Result<ConnectionTarget, MissingConnection> {
  const keys = [`${service}ServiceUri`, 'accountName'];
  return resolveConnection(settings, name, {
    keys,
    endpointOf: (prefix) => {
      const account = settings.get(`${prefix}__accountName`);
      return (
        settings.get(`${prefix}__${service}ServiceUri`) ??
        (account === undefined ? undefined : `https://${account}.${service}.core.windows.net`)
      );
    },
  });
}

interface IdentityForm {
  /** The settings `<name>__<key>` that name the endpoint. */
  readonly keys: readonly string[];
  readonly endpointOf: (prefix: string) => string | undefined;
}

/** The real host also accepts a name without its `AzureWebJobs` prefix. */
function resolveConnection(
  settings: Settings,
  name: string,
  { keys, endpointOf }: IdentityForm,
): Result<ConnectionTarget, MissingConnection> {
  for (const prefix of [name, `AzureWebJobs${name}`]) {
    const connectionString = settings.get(prefix);
    if (connectionString !== undefined)
      return succeed({ kind: 'connectionString', connectionString });
    const endpoint = endpointOf(prefix);
    if (endpoint !== undefined) {
      const clientId = settings.get(`${prefix}__clientId`);
      const credential = settings.get(`${prefix}__credential`);
      return succeed({ kind: 'identity', endpoint, clientId, credential });
    }
  }
  const identities = keys.map((key) => `"${name}__${key}"`).join(' or ');
  return fail({
    problem: `the connection "${name}" is not set`,
    remedy: `Set "${name}" to a connection string, or ${identities} to use an identity`,
  });
}
