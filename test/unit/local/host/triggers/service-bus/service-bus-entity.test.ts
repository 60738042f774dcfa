import { describe, expect, it } from 'vitest';
import { OptionReader } from '../../../../../../local/host/settings/option-reader.ts';
import { Settings } from '../../../../../../local/host/settings/settings.ts';
import {
  entityPath,
  readEntity,
} from '../../../../../../local/host/triggers/service-bus/service-bus-entity.ts';

function read(values: object): { path: string; problems: readonly string[] } {
  const options = new OptionReader({ where: 'f', values, settings: new Settings({ Q: 'orders' }) });
  const path = entityPath(readEntity(options));
  return { path, problems: options.problems.map(({ key, problem }) => `${key} ${problem}`) };
}

describe('the entity of a Service Bus function', () => {
  it.each([
    [{ queueName: '%Q%' }, 'orders'],
    [{ queueName: 'orders/$deadletterqueue' }, 'orders/$DeadLetterQueue'],
    [{ topicName: 't', subscriptionName: 's' }, 't/Subscriptions/s'],
    [
      { topicName: 't', subscriptionName: 's/$DeadLetterQueue' },
      't/Subscriptions/s/$DeadLetterQueue',
    ],
  ])('is read from %j', (values, path) => {
    expect(read(values)).toEqual({ path, problems: [] });
  });

  it('has to be named', () => {
    expect(read({}).problems).toEqual(['queueName is missing']);
    expect(read({ topicName: 't' }).problems).toEqual(['subscriptionName is missing']);
    expect(read({ queueName: '%Nowhere%' }).problems).toEqual([
      'queueName the setting "Nowhere" is not set',
    ]);
  });
});
