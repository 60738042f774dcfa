import type { TokenCredential } from '@azure/identity';

/** The identity that this process runs as; of several user-assigned ones, the one that is named. */
export async function openCredential(clientId: string | undefined): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return clientId === undefined
    ? new DefaultAzureCredential()
    : new DefaultAzureCredential({ managedIdentityClientId: clientId });
}
