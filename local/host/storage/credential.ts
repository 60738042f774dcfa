import type { TokenCredential } from '@azure/identity';
import type { ConnectionTarget } from '../settings/connection.ts';

type IdentityTarget = Extract<ConnectionTarget, { kind: 'identity' }>;

/** The credential of an identity-based connection; the identity SDK is loaded only for these. */
export async function createCredential(target: IdentityTarget): Promise<TokenCredential> {
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
  const { clientId } = target;
  if (target.credential?.toLowerCase() !== 'managedidentity') {
    return new DefaultAzureCredential(
      clientId === undefined ? {} : { managedIdentityClientId: clientId },
    );
  }
  return clientId === undefined
    ? new ManagedIdentityCredential()
    : new ManagedIdentityCredential({ clientId });
}
