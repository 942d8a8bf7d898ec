import type { StoredEndpoint } from '../endpoints/endpoint.store.ts';
import { type CompiledGuardrail, compileGuardrails } from '../guardrails/compile-guardrails.ts';
import type { GuardrailTypes } from '../guardrails/guardrail-types.ts';

/** Guardrails of endpoints, made ready once for all their calls. */
export interface Guards {
  /** Undefined where an endpoint has none. @throws AppError `invalid_input` for one whose kind is not there any more */
  of(endpoint: StoredEndpoint | null): readonly CompiledGuardrail[] | undefined;
}

export function createGuards(types: GuardrailTypes): Guards {
  const compiled = new WeakMap<StoredEndpoint, readonly CompiledGuardrail[]>();
  return {
    of(endpoint) {
      if (!endpoint || endpoint.guardrails.length === 0) return undefined;
      const known = compiled.get(endpoint) ?? compileGuardrails(endpoint.guardrails, types);
      compiled.set(endpoint, known);
      return known;
    },
  };
}
