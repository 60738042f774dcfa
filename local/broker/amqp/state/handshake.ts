import { fail, succeed, type Result } from '../../../../shared/kernel/result.ts';

/** What a connection waits for before it carries sessions. */
export type HandshakePhase = 'protocol-header' | 'sasl-init' | 'amqp-header' | 'open';

export interface HandshakeStep {
  readonly next: HandshakePhase;
  /** The header to answer with. */
  readonly header: Buffer;
  /** The list of SASL mechanisms follows the header. */
  readonly offersMechanisms: boolean;
}

/** Clients of .NET name the anonymous mechanism after the claims that follow it. */
export const saslMechanisms: readonly string[] = ['ANONYMOUS', 'MSSBCBS'];

export const amqpHeader = Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 1, 0, 0]);

const saslHeader = Buffer.from([0x41, 0x4d, 0x51, 0x50, 3, 1, 0, 0]);

/** A client starts with the SASL layer or, without it, with AMQP. Source: AMQP 1.0 part 2, 2.2. */
export function onProtocolHeader(
  phase: 'protocol-header' | 'amqp-header',
  header: Buffer,
): Result<HandshakeStep, string> {
  if (header.equals(amqpHeader)) {
    return succeed({ next: 'open', header: amqpHeader, offersMechanisms: false });
  }
  if (phase === 'protocol-header' && header.equals(saslHeader)) {
    return succeed({ next: 'sasl-init', header: saslHeader, offersMechanisms: true });
  }
  return fail(`the protocol header ${header.toString('hex')} is not that of AMQP 1.0`);
}
