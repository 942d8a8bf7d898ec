export { APICallError, type LanguageModelV4, type LanguageModelV4StreamPart } from '@ai-sdk/provider';
export { gateway } from './feature.ts';
export { defineGuardrail, type FindMatches, type GuardrailDeclaration } from './guardrails/define-guardrail.ts';
export type { GuardrailType } from './guardrails/guardrail-type.ts';
export { defineProviderKind, type ProviderClient, type ProviderContext, type ProviderKind } from './providers/provider-kind.ts';
