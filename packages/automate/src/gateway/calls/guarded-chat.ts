import type { LanguageModelV4CallOptions, LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import type { CompiledGuardrail } from '../guardrails/compile-guardrails.ts';
import { type GuardrailRun, runGuardrails } from '../guardrails/run-guardrails.ts';
import type { CallOptions } from '../protocols/options.ts';
import type { Call } from './call.ts';

/** A chat behind guardrails, whichever target answers it. */
export interface GuardedChat {
  readonly run: GuardrailRun;
  /** What is sent. */
  readonly options: CallOptions;
  /** Who is asked once more, where an answer has to be repaired. */
  ask: ((options: LanguageModelV4CallOptions) => PromiseLike<LanguageModelV4GenerateResult>) | undefined;
}

/** Looks at what is sent; what the log keeps of the call is what went out. @throws AppError `guardrail_blocked`, … */
export async function guardChat(
  compiled: readonly CompiledGuardrail[],
  { call, options, signal }: { readonly call: Call; readonly options: CallOptions; readonly signal: AbortSignal },
): Promise<GuardedChat> {
  const run = runGuardrails(compiled, {
    signal,
    retry: (again) => {
      if (!guarded.ask) throw new TypeError('Nobody was asked yet.');
      return guarded.ask(again);
    },
  });
  const guarded: { run: GuardrailRun; options: CallOptions; ask: GuardedChat['ask'] } = { run, options, ask: undefined };
  call.guardedBy(() => run.findings());
  guarded.options = await run.input(options);
  call.sends({ messages: guarded.options.prompt });
  return guarded;
}
