import { describe, expect, it } from 'vitest';
import {
  entityPathOf,
  managedPathOf,
} from '../../../../../../local/broker/servicebus/protocol/addresses.ts';

describe('An address', () => {
  it.each([
    ['orders', 'orders'],
    ['/orders', 'orders'],
    ['amqps://localhost:5672/t/Subscriptions/s', 't/Subscriptions/s'],
    ['sb://host/orders/$DeadLetterQueue', 'orders/$DeadLetterQueue'],
    ['', ''],
  ])('%j names the entity %j', (address, path) => {
    expect(entityPathOf(address)).toBe(path);
  });

  it.each([
    ['orders/$management', 'orders'],
    ['orders/$MANAGEMENT', 'orders'],
    ['t/Subscriptions/s/$DeadLetterQueue/$management', 't/Subscriptions/s/$DeadLetterQueue'],
    ['orders', undefined],
    ['$management', undefined],
  ])('%j manages %j', (address, path) => {
    expect(managedPathOf(address)).toBe(path);
  });
});
