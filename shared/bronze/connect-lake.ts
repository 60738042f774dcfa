import type { TokenCredential } from '@azure/identity';
import { ContainerClient, type StoragePipelineOptions } from '@azure/storage-blob';
import { AppError } from '../kernel/app-error.ts';
import { createAzureObjectStore, type RequestKind } from './azure-object-store.ts';
import { parseLakeUrl, type LakeLocation, type LakeTarget } from './lake-url.ts';
import type { ObjectStore } from './object-store.ts';
import { proveConditionalCreate } from './probe.ts';

/** Where the lake is, and how to get in. */
export type LakeConnection =
  | {
      /** With an account key, as Azurite has one. */
      readonly target: 'adls' | 'blob';
      readonly connectionString: string;
      readonly container: string;
      /** Folder that holds `Tables/`; the container's root by default. */
      readonly prefix?: string;
    }
  | {
      readonly target: LakeTarget;
      /** As `parseLakeUrl` reads it. */
      readonly url: string;
      readonly credential: TokenCredential;
    };

interface LakeOptions {
  /** A fresh unique text at each call. */
  readonly newId: () => string;
  /** Called once for each request, retries of the SDK apart. */
  readonly onRequest?: (kind: RequestKind) => void;
}

export interface Lake {
  readonly store: ObjectStore;
  /**
   * Creates the container where that is ours to do, and proves that two writers cannot create the
   * same object. Belongs before the first write.
   * Errors: `lake.unsafe_target` (permanent), and those of `ObjectStore`.
   */
  probe(): Promise<void>;
}

/**
 * The SDK waits 4 s before its second retry by default, which is longer than a whole commit. A
 * retried commit that meets its own success is recognised by the id of its attempt.
 */
const pipeline: StoragePipelineOptions = {
  retryOptions: { maxTries: 4, retryDelayInMs: 200, maxRetryDelayInMs: 2_000 },
};

/**
 * Opens a lake without sending anything.
 * Errors: `config.invalid` (permanent).
 */
export function connectLake(connection: LakeConnection, options: LakeOptions): Lake {
  const { container, root } = openContainer(connection);
  const store = createAzureObjectStore(container, { root, ...options });
  return {
    store,
    probe: async () => {
      // OneLake's containers are workspaces, which the storage API can neither create nor ask for.
      if (connection.target !== 'onelake') await createContainer(container);
      await proveConditionalCreate(store, options.newId());
    },
  };
}

function openContainer(connection: LakeConnection): {
  readonly container: ContainerClient;
  readonly root: string;
} {
  if ('connectionString' in connection) {
    const { connectionString, container, prefix = '' } = connection;
    const root = prefix.replace(/^\/+|\/+$/g, '');
    return {
      container: new ContainerClient(connectionString, container, pipeline),
      root: root === '' ? '' : `${root}/`,
    };
  }
  const location = locate(connection);
  return {
    container: new ContainerClient(location.containerUrl, connection.credential, pipeline),
    root: location.root,
  };
}

function locate(connection: { readonly target: LakeTarget; readonly url: string }): LakeLocation {
  const location = parseLakeUrl(connection.target, connection.url);
  if (location.ok) return location.value;
  throw new AppError('config.invalid', `Lake URL: ${location.problem}`, { kind: 'permanent' });
}

async function createContainer(container: ContainerClient): Promise<void> {
  try {
    await container.createIfNotExists();
  } catch (cause) {
    throw new AppError('lake.unavailable', 'The container of the lake cannot be created', {
      kind: 'transient',
      cause,
      details: { container: container.containerName },
    });
  }
}
