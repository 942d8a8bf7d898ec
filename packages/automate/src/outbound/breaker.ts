import { outboundErrors } from './errors.ts';

/** Stops calling a host that fails again and again, and tries it with a single request from time to time. */
export interface Breaker {
  /** To be called before a request. `party` tells circuits apart. @throws AppError `outbound_circuit_open` */
  admit(party: string, host: string): void;
  succeeded(party: string): void;
  failed(party: string): void;
  /** The request ended for a reason that says nothing about the host. */
  undecided(party: string): void;
}

export interface BreakerOptions {
  /** Failures in a row that open the circuit. Default 20; not positive: never. */
  readonly threshold?: number;
  /** How long it stays open at first, milliseconds; doubles with every trial that fails. Default 5,000. */
  readonly openMs?: number;
  readonly maximumOpenMs?: number;
  readonly now?: () => number;
}

interface Circuit {
  failures: number;
  openUntil: number;
  openMs: number;
  isOnTrial: boolean;
}

const MAXIMUM_CIRCUITS = 10_000;

export function createBreaker(options: BreakerOptions = {}): Breaker {
  const { threshold = 20, openMs = 5_000, maximumOpenMs = 120_000, now = Date.now } = options;
  /** Of the hosts that failed last. */
  const circuits = new Map<string, Circuit>();

  return {
    admit(party, host) {
      const circuit = circuits.get(party);
      if (!circuit || circuit.openUntil === 0) return;
      const wait = circuit.openUntil - now();
      if (wait > 0 || circuit.isOnTrial) throw refuse(host, Math.max(Math.ceil(wait / 1_000), 1));
      circuit.isOnTrial = true;
    },
    succeeded(party) {
      circuits.delete(party);
    },
    failed(party) {
      if (!(threshold > 0)) return;
      const circuit = circuits.get(party) ?? { failures: 0, openUntil: 0, openMs, isOnTrial: false };
      circuits.set(party, circuit);
      if (circuits.size > MAXIMUM_CIRCUITS) circuits.delete(circuits.keys().next().value as string);
      circuit.failures += 1;
      const isTrialLost = circuit.isOnTrial;
      circuit.isOnTrial = false;
      if (circuit.failures < threshold || (circuit.openUntil > now() && !isTrialLost)) return;
      if (isTrialLost) circuit.openMs = Math.min(circuit.openMs * 2, maximumOpenMs);
      // A little chance keeps many processes from trying at the same moment.
      circuit.openUntil = now() + circuit.openMs * (0.8 + Math.random() * 0.4);
    },
    undecided(party) {
      const circuit = circuits.get(party);
      if (circuit) circuit.isOnTrial = false;
    },
  };
}

function refuse(host: string, seconds: number) {
  return outboundErrors.outbound_circuit_open(`The host ${host} has failed repeatedly and is left alone for ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });
}
