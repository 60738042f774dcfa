import { describe, expect, it } from 'vitest';
import { relayOrigin, spellEntity } from '../../../functions/entities.ts';

describe('the spelling of an entity', () => {
  it('is ours whatever case somebody writes it in, so that a dead letter has one position', () => {
    expect(spellEntity('UPSTREAM-events/subscriptions/Bronze-Relay')).toBe(relayOrigin);
    expect(spellEntity('Orders')).toBe('orders');
  });

  it('stays what it is for an entity of another system', () => {
    expect(spellEntity('Legacy/Orders')).toBe('Legacy/Orders');
  });
});
