import assert from 'node:assert/strict';
import { CloudEvent } from 'cloudevents';
import { describe, it } from 'vitest';
import { messageOf, sampleText } from '../../../support/events/messages.ts';
import { accepted, codesOf, readerWith, readText } from '../../../support/events/readers.ts';

/** The core profile against the SDK of the CloudEvents project: an implementation that shares no code. */
const core = readerWith({ profile: 'core' });
const { data } = JSON.parse(sampleText) as { readonly data: object };
const minimal = {
  specversion: '1.0',
  id: '42',
  source: '/a',
  type: 'com.client.erp.salesorder.created',
  data,
};

function isValidForSdk(event: Readonly<Record<string, unknown>>): boolean {
  try {
    return new CloudEvent(event, true).validate();
  } catch {
    return false;
  }
}

describe('the core profile and the CloudEvents SDK', () => {
  it.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ['the least event', {}],
    [
      'a full event',
      { time: '2025-06-15T14:32:01.456Z', subject: 's', datacontenttype: 'application/json' },
    ],
    ['an absolute source', { source: 'https://example.com/a?b#c' }],
    ['a URN as source', { source: 'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66' }],
    ['an offset', { time: '2025-06-15T16:32:01+02:00' }],
    ['a text extension', { tenant: 'a' }],
    ['a whole number as extension', { tries: 3 }],
    ['a boolean as extension', { isretry: true }],
    ['an empty source', { source: '' }],
    ['an empty type', { type: '' }],
    ['another specversion', { specversion: '2.0' }],
    ['a capital in a name', { tenantId: 'a' }],
    ['an underscore in a name', { tenant_id: 'a' }],
  ])('agree on %s', (_, changes) => {
    const event = { ...minimal, ...changes };
    const codes = codesOf(readText(core, JSON.stringify(event)));
    const isOurs = codes.every(
      (code) => code === 'type.unregistered' || code.startsWith('schema.'),
    );
    assert.equal(isOurs, isValidForSdk(event), codes.join());
  });

  it('an event that the SDK writes is accepted, and read as it meant it', () => {
    const event = new CloudEvent({ ...minimal, subject: 'S-1', time: '2025-06-15T14:32:01.456Z' });
    const [item] = core.read(
      messageOf(event.toString(), { contentType: 'application/cloudevents+json' }),
    );
    accepted(item);
    assert.equal(item.columns.event_id, '42');
    assert.deepEqual(JSON.parse(item.columns.data ?? ''), data);
  });
});
