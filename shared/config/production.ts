import type { Config } from './config.ts';
import type { ConnectionSet } from './connection-set.ts';
import { isPlainText } from './connections.ts';
import type { ConfigProblem } from './problem.ts';
import { settings } from './settings.ts';

/** Stand in for secrets during development; public, so production refuses them. */
export const developmentKeys = {
  payloadHash: Buffer.from('bronzeflow development hash key!', 'ascii'),
  privacy: Buffer.from('bronzeflow development private k', 'ascii'),
};

interface Candidate {
  readonly keys: Config['keys'];
  readonly connections: ConnectionSet;
  readonly strategy: Config['idempotency']['strategy'];
  readonly simulation: Config['sagas']['simulation'];
  readonly webhooks: Config['deadLetters']['webhooks'];
}

/** Problems of a configuration that would do for development and not for production. */
export function checkProduction(candidate: Candidate): readonly ConfigProblem[] {
  return [
    ...checkKeys(candidate.keys),
    ...checkTransport(candidate.connections),
    ...checkStrategy(candidate.strategy),
    ...checkSimulation(candidate.simulation),
    ...checkWebhooks(candidate.webhooks),
  ];
}

function checkKeys(keys: Config['keys']): readonly ConfigProblem[] {
  const pairs = [
    { setting: settings.payloadHashKey, key: keys.payloadHash },
    { setting: settings.privacyKey, key: keys.privacy },
  ];
  const known = Object.values(developmentKeys);
  const weak = pairs.filter(({ key }) => known.some((standard) => standard.equals(key)));
  return weak.map(({ setting }) => ({
    key: setting.key,
    value: '(not set, or a development key)',
    remedy: 'use 32 random bytes in base64 of your own: openssl rand -base64 32',
  }));
}

function checkTransport({ found }: ConnectionSet): readonly ConfigProblem[] {
  return [...found]
    .filter(([, connection]) => isPlainText(connection))
    .map(([key]) => ({
      key,
      value: '(not shown)',
      remedy: 'use an endpoint with TLS, or set environment to development for an emulator',
    }));
}

function checkStrategy(strategy: Candidate['strategy']): readonly ConfigProblem[] {
  if (strategy !== 'memory') return [];
  return [
    {
      key: settings.idempotencyStrategy.key,
      value: strategy,
      remedy:
        'use another strategy, for example table: the memory of one process forgets at every restart',
    },
  ];
}

function checkSimulation(rules: Candidate['simulation']): readonly ConfigProblem[] {
  if (rules === undefined) return [];
  return [
    {
      key: settings.participantSimulation.key,
      value: rules,
      remedy: 'leave it out: real participants are not told to fail',
    },
  ];
}

function checkWebhooks(webhooks: Candidate['webhooks']): readonly ConfigProblem[] {
  return Object.entries(webhooks)
    .filter(([, address]) => address !== undefined && !address.startsWith('https://'))
    .map(([role]) => ({
      key: `alert_webhook_${role.replaceAll('-', '_')}`,
      value: '(not shown)',
      remedy: 'use an https URL: the address is a secret',
    }));
}
