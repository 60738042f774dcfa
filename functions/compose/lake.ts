import { connectLake, type Lake, type LakeConnection } from '../../shared/bronze/index.ts';
import type { Config } from '../../shared/config/config.ts';
import { openCredential } from './credential.ts';

/** Opens the lake that holds the Bronze tables; sends nothing yet. */
export async function openLake(config: Config, newId: () => string): Promise<Lake> {
  return connectLake(await locateLake(config), { newId });
}

async function locateLake({ bronze, connections }: Config): Promise<LakeConnection> {
  const { target, container, url } = bronze;
  const { bronzeStorage } = connections;
  if (target !== 'onelake' && bronzeStorage.kind === 'connection-string') {
    return { target, container, connectionString: bronzeStorage.text };
  }
  const isIdentity = bronzeStorage.kind === 'identity';
  const credential = await openCredential(isIdentity ? bronzeStorage.clientId : undefined);
  const account = isIdentity ? bronzeStorage.blobUrl : '';
  return { target, url: url ?? `${account}/${container}`, credential };
}
