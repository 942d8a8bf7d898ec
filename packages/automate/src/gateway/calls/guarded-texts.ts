import { type GuardrailRun, runGuardrails } from '../guardrails/run-guardrails.ts';
import type { Call } from './call.ts';
import type { CallServices } from './call-services.ts';

export interface GuardedTexts {
  /** What is sent. */
  readonly texts: readonly string[];
  /** Undefined where the endpoint has no guardrails. */
  readonly run: GuardrailRun | undefined;
}

/** Texts that are no chat, as guardrails let them out. @throws AppError `guardrail_blocked`, … */
export async function guardTexts(
  { guards }: CallServices,
  call: Call,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<GuardedTexts> {
  const compiled = guards.of(call.resolved.endpoint);
  if (!compiled) return { texts, run: undefined };
  const run = runGuardrails(compiled, { signal });
  call.guardedBy(() => run.findings());
  return { texts: await run.inputTexts(texts), run };
}
