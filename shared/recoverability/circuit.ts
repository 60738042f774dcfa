import { addDuration, durationMs, epochMs, type DurationMs, type EpochMs } from '../kernel/time.ts';
import type { Circuit, CircuitReport } from '../ports/circuits.ts';

/** When a circuit opens, and for how long. */
export interface CircuitSettings {
  /** So many failures for good within the window, and no success between them, open it. */
  readonly failures: number;
  readonly window: DurationMs;
  /** How long it is open before one message is tried. */
  readonly coolDown: DurationMs;
}

/** The circuit of a type that nothing is known of. */
export const cleanCircuit: Circuit = { state: 'closed', failedAt: [] };

/** A probe that takes longer was lost with its process: no lock is renewed for longer. */
export const probeLimit = durationMs(5 * 60_000);

/** What a message of the type may do: pass, pass as the probe, or not pass. Pure. */
export function passageOf(circuit: Circuit, now: EpochMs): 'free' | 'probe' | 'barred' {
  switch (circuit.state) {
    case 'closed':
      return 'free';
    case 'open':
      return now >= circuit.probeAt ? 'probe' : 'barred';
    case 'probing':
      return now >= circuit.until ? 'probe' : 'barred';
  }
}

/** The circuit while its probe is under way. */
export function beginProbe(now: EpochMs): Circuit {
  return { state: 'probing', until: addDuration(now, probeLimit) };
}

/** The circuit after its probe has told. */
export function endProbe(
  report: CircuitReport,
  now: EpochMs,
  { coolDown }: CircuitSettings,
): Circuit {
  switch (report) {
    case 'handled':
      return cleanCircuit;
    case 'failed':
      return { state: 'open', probeAt: addDuration(now, coolDown) };
    case 'inconclusive':
      return { state: 'open', probeAt: now };
  }
}

/** The circuit after a message that passed freely has failed for good. */
export function countFailure(circuit: Circuit, now: EpochMs, settings: CircuitSettings): Circuit {
  // Whoever passed before it opened tells nothing new.
  if (circuit.state !== 'closed') return circuit;
  const { failures, coolDown } = settings;
  const failedAt = [...recentFailures(circuit.failedAt, now, settings), now];
  return failedAt.length < failures
    ? { state: 'closed', failedAt }
    : { state: 'open', probeAt: addDuration(now, coolDown) };
}

/** Whether the circuit is as good as one that nothing is known of. */
export function isClean(circuit: Circuit, now: EpochMs, settings: CircuitSettings): boolean {
  return circuit.state === 'closed' && recentFailures(circuit.failedAt, now, settings).length === 0;
}

function recentFailures(
  failedAt: readonly EpochMs[],
  now: EpochMs,
  { window }: CircuitSettings,
): readonly EpochMs[] {
  const since = epochMs(now - window);
  return failedAt.filter((instant) => instant > since);
}
