import type { CompiledGuardrail } from './compile-guardrails.ts';
import { blocked, type Findings } from './findings.ts';
import type { GuardrailCall, RunningGuardrail } from './guardrail-type.ts';
import type { Vault } from './vault.ts';

export interface Beginning {
  readonly vault: Vault;
  readonly findings: Findings;
  readonly signal: AbortSignal | undefined;
}

/** Begins the guardrails of an endpoint in one call, each on the sides that it stands on. */
export function beginGuardrails(
  compiled: readonly CompiledGuardrail[],
  { vault, findings, signal }: Beginning,
): RunningGuardrail[] {
  return compiled.map(({ type, action, on, begin }, guardrail) => {
    const note: GuardrailCall['note'] = (found) => findings.add({ guardrail, type, action, ...found });
    const { input, output, prepare, whole } = begin({
      vault,
      signal,
      note,
      report({ side, kind, place }) {
        note({ side, kind, place });
        if (action === 'block') throw blocked({ guardrail, type, side, kind });
      },
    });
    return {
      ...(input && on !== 'output' && { input }),
      ...(prepare && on !== 'output' && { prepare }),
      ...(output && on !== 'input' && { output }),
      ...(whole && on !== 'input' && { whole }),
    };
  });
}
