import { fail, succeed, type Result } from '../kernel/result.ts';
import { textOf, type ConfigProblem, type Environment } from './problem.ts';

/** How to reach an Event Hubs or Service Bus namespace. */
export type BrokerConnection =
  | {
      readonly kind: 'connection-string';
      readonly text: string;
      /** Host name of the namespace, lower case, without a port. */
      readonly namespace: string;
    }
  | {
      readonly kind: 'identity';
      readonly namespace: string;
      /** Of a user-assigned identity. */
      readonly clientId: string | undefined;
    };

/** How to reach a storage account. */
export type StorageConnection =
  | { readonly kind: 'connection-string'; readonly text: string }
  | {
      readonly kind: 'identity';
      readonly blobUrl: string;
      readonly tableUrl: string;
      readonly clientId: string | undefined;
    };

type Read<Value> = Result<Value, ConfigProblem>;

/** Reads `name`, a connection string, or `name__fullyQualifiedNamespace`, the identity form. */
export function readBrokerConnection(env: Environment, name: string): Read<BrokerConnection> {
  const text = textOf(env, name);
  if (text !== undefined) return parseBrokerText(name, text);
  const key = `${name}__fullyQualifiedNamespace`;
  const namespace = textOf(env, key)?.toLowerCase();
  if (namespace === undefined) {
    return refuse(name, '(not set)', `set a connection string, or ${key} to use an identity`);
  }
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(namespace)) {
    return refuse(key, namespace, 'use a host name such as name.servicebus.windows.net');
  }
  return succeed({ kind: 'identity', namespace, clientId: textOf(env, `${name}__clientId`) });
}

/** Reads `name`, a connection string, or `name__accountName` or its service URIs, the identity form. */
export function readStorageConnection(env: Environment, name: string): Read<StorageConnection> {
  const text = textOf(env, name);
  if (text !== undefined) return parseStorageText(name, text);
  const clientId = textOf(env, `${name}__clientId`);
  const account = textOf(env, `${name}__accountName`);
  if (account !== undefined && !/^[a-z0-9]{3,24}$/.test(account)) {
    return refuse(`${name}__accountName`, account, 'use the name of a storage account');
  }
  const blobUrl = serviceUrl(env, { name, service: 'blob', account });
  const tableUrl = serviceUrl(env, { name, service: 'table', account });
  if (blobUrl === undefined || tableUrl === undefined) {
    const forms = `${name}__accountName, or ${name}__blobServiceUri and ${name}__tableServiceUri`;
    return refuse(name, '(not set)', `set a connection string, or ${forms} to use an identity`);
  }
  const invalid = [blobUrl, tableUrl].find((url) => !isPlainUrl(url));
  if (invalid !== undefined) return refuse(name, invalid, 'use service URIs such as https://host');
  return succeed({ kind: 'identity', blobUrl, tableUrl, clientId });
}

/** Whether any setting of this connection is given. */
export function hasConnection(env: Environment, name: string): boolean {
  return Object.keys(env).some(
    (key) => (key === name || key.startsWith(`${name}__`)) && textOf(env, key) !== undefined,
  );
}

/** Whether bytes to this connection may travel without TLS, as only emulators allow. */
export function isPlainText(connection: BrokerConnection | StorageConnection): boolean {
  if (connection.kind === 'connection-string') {
    return /UseDevelopment(Emulator|Storage)=true|=http:\/\/|DefaultEndpointsProtocol=http(;|$)/i.test(
      connection.text,
    );
  }
  if ('namespace' in connection) return false;
  return [connection.blobUrl, connection.tableUrl].some((url) => url.startsWith('http:'));
}

function parseBrokerText(key: string, text: string): Read<BrokerConnection> {
  const parts = splitConnectionString(text);
  const endpoint = /^[a-z]+:\/\/(\[[0-9a-f:]+\]|[^:/\s]+)/i.exec(parts.get('endpoint') ?? '');
  const namespace = endpoint?.[1]?.toLowerCase();
  if (namespace === undefined) {
    return refuse(key, '(not shown)', 'use a connection string with Endpoint=sb://<namespace>/');
  }
  if (!parts.has('sharedaccesskey') && !parts.has('sharedaccesssignature')) {
    return refuse(key, '(not shown)', 'the connection string lacks SharedAccessKeyName and -Key');
  }
  if (parts.has('entitypath')) {
    return refuse(key, '(not shown)', 'use the connection string of the namespace: no EntityPath');
  }
  return succeed({ kind: 'connection-string', text, namespace });
}

function parseStorageText(key: string, text: string): Read<StorageConnection> {
  const parts = splitConnectionString(text);
  const isComplete =
    parts.get('usedevelopmentstorage') === 'true' ||
    (parts.has('accountname') && parts.has('accountkey')) ||
    (parts.has('blobendpoint') && parts.has('sharedaccesssignature'));
  return isComplete
    ? succeed({ kind: 'connection-string', text })
    : refuse(key, '(not shown)', 'use the connection string of a storage account');
}

function splitConnectionString(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(';').flatMap((part): [string, string][] => {
    const at = part.indexOf('=');
    return at < 1 ? [] : [[part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()]];
  });
  return new Map(pairs);
}

interface ServiceName {
  readonly name: string;
  readonly service: 'blob' | 'table';
  readonly account: string | undefined;
}

function serviceUrl(env: Environment, { name, service, account }: ServiceName): string | undefined {
  const url = textOf(env, `${name}__${service}ServiceUri`);
  if (url !== undefined) return url.replace(/\/+$/, '');
  return account === undefined ? undefined : `https://${account}.${service}.core.windows.net`;
}

function isPlainUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:\/\/[^?#]+$/.test(text);
}

function refuse(key: string, value: string, remedy: string): Read<never> {
  return fail({ key, value, remedy });
}
