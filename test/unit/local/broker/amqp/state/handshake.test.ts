import { describe, expect, it } from 'vitest';
import {
  amqpHeader,
  onProtocolHeader,
} from '../../../../../../local/broker/amqp/state/handshake.ts';

const saslHeader = Buffer.from('AMQP\u0003\u0001\u0000\u0000', 'latin1');

describe('The handshake', () => {
  it('offers mechanisms to a client that starts with SASL', () => {
    const step = onProtocolHeader('protocol-header', saslHeader);
    expect(step).toMatchObject({ ok: true, value: { next: 'sasl-init', offersMechanisms: true } });
  });

  it('goes on to open behind the SASL layer or without it', () => {
    for (const phase of ['protocol-header', 'amqp-header'] as const) {
      const step = onProtocolHeader(phase, amqpHeader);
      expect(step).toMatchObject({ ok: true, value: { next: 'open', header: amqpHeader } });
    }
  });

  it('refuses a second SASL layer and every other protocol', () => {
    expect(onProtocolHeader('amqp-header', saslHeader).ok).toBe(false);
    expect(onProtocolHeader('protocol-header', Buffer.from('GET / HT')).ok).toBe(false);
  });
});
