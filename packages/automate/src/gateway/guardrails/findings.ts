import { guardrailErrors } from './errors.ts';
import type { GuardrailAction, Side } from './guardrail-type.ts';

/** What a guardrail found in a call: never the value itself. */
export interface Finding {
  /** Place of the guardrail in its endpoint's list, from 0. */
  readonly guardrail: number;
  readonly type: string;
  readonly action: GuardrailAction;
  readonly side: Side;
  readonly kind: string;
  /** JSON Pointer into the call or its result; empty for the places that there was no room for. */
  readonly place: string;
  readonly count: number;
}

/** Most places that are told apart. */
const MAXIMUM_FINDINGS = 100;

/** Counts what is found. */
export class Findings {
  readonly #counts = new Map<string, { finding: Omit<Finding, 'count'>; count: number }>();

  add(given: Omit<Finding, 'count'>): void {
    const isFull = this.#counts.size >= MAXIMUM_FINDINGS && !this.#counts.has(keyOf(given));
    const finding = isFull ? { ...given, place: '' } : given;
    const key = keyOf(finding);
    const entry = this.#counts.get(key);
    if (entry) entry.count += 1;
    // Without places there are as many as guardrails and kinds, and a kind of a host is cut.
    else if (this.#counts.size < 2 * MAXIMUM_FINDINGS) this.#counts.set(key, { finding, count: 1 });
  }

  list(): Finding[] {
    return [...this.#counts.values()].map(({ finding, count }) => ({ ...finding, count }));
  }
}

/** The refusal of a call: says which guardrail it was, and never what it saw. */
export function blocked({ guardrail, type, side, kind }: Omit<Finding, 'count' | 'place' | 'action'>) {
  const what = side === 'input' ? 'what was sent' : 'what the model answered';
  return guardrailErrors.guardrail_blocked(
    `The guardrail "${type}" (number ${guardrail + 1} of the endpoint) refused ${what}: it found ${kind}.`,
  );
}

function keyOf({ guardrail, side, kind, place }: Omit<Finding, 'count'>): string {
  return `${guardrail} ${side} ${kind} ${place}`;
}
