import { describe, expect, it } from 'vitest';
import { parseHostJson } from '../../../../../local/host/settings/host-json.ts';
import { Settings } from '../../../../../local/host/settings/settings.ts';

const none = new Settings({});

describe('host.json', () => {
  it('has the defaults of the real host', () => {
    expect(parseHostJson({}, none, 2)).toEqual({
      routePrefix: 'api',
      functionTimeout: 1_800_000,
      eventHubs: {
        maxEventBatchSize: 100,
        minEventBatchSize: 1,
        maxWaitTime: 60_000,
        prefetchCount: 300,
        batchCheckpointFrequency: 1,
        initialOffset: 'fromStart',
        initialEnqueuedTime: undefined,
      },
      serviceBus: {
        autoCompleteMessages: true,
        maxAutoLockRenewalDuration: 300_000,
        maxConcurrentCalls: 32,
        maxConcurrentSessions: 8,
        maxConcurrentCallsPerSession: 1,
        sessionIdleTimeout: 60_000,
        maxMessageBatchSize: 1000,
        minMessageBatchSize: 1,
        maxBatchWaitTime: 30_000,
      },
      durableTask: {
        hubName: undefined,
        maxConcurrentActivityFunctions: 20,
        maxConcurrentOrchestratorFunctions: 20,
        maxConcurrentEntityFunctions: 20,
        defaultVersion: undefined,
        versionMatchStrategy: 'CurrentOrOlder',
        versionFailureStrategy: 'Reject',
      },
    });
  });

  it('takes values of the file, and settings before them', () => {
    const content = {
      functionTimeout: '-1',
      extensions: {
        http: { routePrefix: '' },
        eventHubs: {
          maxEventBatchSize: 5,
          initialOffsetOptions: { type: 'FromEnqueuedTime', enqueuedTimeUtc: '2026-01-01' },
        },
        serviceBus: { maxBatchWaitTime: '00:00:02', autoCompleteMessages: false },
      },
    };
    const settings = new Settings({
      AzureFunctionsJobHost__extensions__eventHubs__maxEventBatchSize: '7',
      AzureFunctionsJobHost__extensions__serviceBus__autoCompleteMessages: 'true',
    });
    const parsed = parseHostJson(content, settings, 1);
    expect(parsed).toMatchObject({
      routePrefix: '',
      functionTimeout: undefined,
      eventHubs: {
        maxEventBatchSize: 7,
        initialOffset: 'fromEnqueuedTime',
        initialEnqueuedTime: '2026-01-01',
      },
      serviceBus: { maxBatchWaitTime: 2000, autoCompleteMessages: true, maxConcurrentCalls: 16 },
    });
  });

  it('names every faulty key', () => {
    const content = {
      functionTimeout: 'long',
      extensions: {
        eventHubs: { prefetchCount: -1, initialOffsetOptions: { type: 'fromHere' } },
        serviceBus: { maxConcurrentCalls: 1.5, autoCompleteMessages: 'maybe' },
      },
    };
    expect(() => parseHostJson(content, none, 1)).toThrow(
      [
        'The Functions host cannot start (5 problems):',
        '  - host.json, functionTimeout: is "long". Write a time span like "00:00:30".',
        '  - host.json, extensions.eventHubs.prefetchCount: is -1. Write a whole number from 0 to 10000.',
        '  - host.json, extensions.eventHubs.initialOffsetOptions.type: is "fromHere". Write one of fromStart, fromEnd, fromEnqueuedTime.',
        '  - host.json, extensions.serviceBus.autoCompleteMessages: is "maybe". Write true or false.',
        '  - host.json, extensions.serviceBus.maxConcurrentCalls: is 1.5. Write a whole number from 1 to 10000.',
      ].join('\n'),
    );
  });
});
