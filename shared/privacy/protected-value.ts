/** A personal value as it is stored: what was done to it, with which key, and the result. */
export interface ProtectedValue {
  readonly scheme: 'tok' | 'enc';
  readonly keyId: string;
  readonly bytes: Uint8Array;
}

const pattern = /^(tok|enc):v1:([A-Za-z0-9_-]{1,32}):([A-Za-z0-9_-]+)$/;

/** `tok:v1:{key id}:{base64url}` or `enc:v1:...`: plain ASCII, so that it needs no escape in JSON. */
export function formatProtected({ scheme, keyId, bytes }: ProtectedValue): string {
  return `${scheme}:v1:${keyId}:${Buffer.from(bytes).toString('base64url')}`;
}

export function parseProtected(text: string): ProtectedValue | undefined {
  const [, scheme, keyId, bytes] = pattern.exec(text) ?? [];
  if (keyId === undefined || bytes === undefined) return undefined;
  return {
    scheme: scheme === 'tok' ? 'tok' : 'enc',
    keyId,
    bytes: Buffer.from(bytes, 'base64url'),
  };
}
