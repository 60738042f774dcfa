/**
 * Tries again for ever: the host writes its checkpoint when retries run out, and then the events
 * of the batch would be passed by. The partition waits, its lag is visible, the others go on.
 */
export const endlessRetry = {
  strategy: 'exponentialBackoff',
  maxRetryCount: -1,
  minimumInterval: { seconds: 2 },
  maximumInterval: { minutes: 2 },
} as const;
