import type { LanguageModelV4CallOptions, LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import type { z } from 'zod';
import type { InputIssue } from '../../kernel/index.ts';
import type { TextFilter } from './text/text-filter.ts';
import type { Vault } from './vault.ts';

/** What goes to the model, and what comes from it. */
export type Side = 'input' | 'output';
export type GuardrailAction = 'mask' | 'block' | 'flag';

/** A guardrail of an endpoint, its configuration checked. */
export interface GuardrailSettings<Config> {
  readonly on: Side | 'both';
  readonly action: GuardrailAction;
  readonly config: Config;
}

/** A kind of guardrail. A host makes its own with `defineGuardrail`. */
export interface GuardrailType<Config = unknown> {
  readonly type: string;
  readonly description: string;
  /** What stands beside `type`, `on` and `action`. */
  readonly config: z.ZodType<Config>;
  readonly on: readonly (Side | 'both')[];
  readonly actions: readonly GuardrailAction[];
  /** What is wrong with a configuration beyond what its schema says; pointers into it. */
  issues?(config: Config): readonly InputIssue[];
  /** Done once for each endpoint. @returns what begins the guardrail in each call */
  compile(settings: GuardrailSettings<Config>): (call: GuardrailCall) => RunningGuardrail;
}

/** What a guardrail is told of the call it stands in. */
export interface GuardrailCall {
  /** What stands in for values in this call, of all its guardrails. */
  readonly vault: Vault;
  readonly signal: AbortSignal | undefined;
  /** Notes what was found. @throws AppError `guardrail_blocked` when the guardrail blocks */
  report(found: { readonly side: Side; readonly kind: string; readonly place: string }): void;
  /** Notes something that never blocks. */
  note(found: { readonly side: Side; readonly kind: string; readonly place: string }): void;
}

/** A guardrail in one call. */
export interface RunningGuardrail {
  /** Begins a text of the input. @param place where it stands, as a JSON Pointer into the call */
  input?(place: string): TextFilter;
  /** Begins a text of the output. */
  output?(place: string): TextFilter;
  /** Changes the call, after its texts have been looked at. */
  prepare?(options: LanguageModelV4CallOptions): LanguageModelV4CallOptions;
  readonly whole?: WholeCheck;
}

/** Looks at the output as a whole. */
export interface WholeCheck {
  /** Whether nothing may be shown before. */
  readonly isHolding: boolean;
  /** What it becomes, or what is wrong with it. */
  check(result: LanguageModelV4GenerateResult): LanguageModelV4GenerateResult | readonly InputIssue[];
  /** What the model is asked when something is wrong, unless it gets no second try. */
  repair?(failed: FailedOutput): LanguageModelV4CallOptions;
  /** Says that something is wrong. @throws AppError `guardrail_blocked` when it blocks */
  refuse(issues: readonly InputIssue[]): void;
  repaired(): void;
}

export interface FailedOutput {
  readonly sent: LanguageModelV4CallOptions;
  /** As the model gave it. */
  readonly result: LanguageModelV4GenerateResult;
  readonly issues: readonly InputIssue[];
}

declare module '../../platform/index.ts' {
  interface FeatureParts {
    /** Kinds of guardrails that endpoints may have. */
    readonly guardrails?: readonly GuardrailType[];
  }
}
