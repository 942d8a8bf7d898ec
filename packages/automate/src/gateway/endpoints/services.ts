import type { GuardrailTypes } from '../guardrails/guardrail-types.ts';
import type { Directory } from './directory.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly directory: Directory;
    /** What may look at the calls of an endpoint. */
    readonly guardrailTypes: GuardrailTypes;
  }
}
