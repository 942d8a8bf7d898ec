import type { LanguageModelV4CallOptions, LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import type { RunningGuardrail, WholeCheck } from './guardrail-type.ts';
import { addUsage } from './json-schema/add-usage.ts';

export interface WholeOptions {
  readonly running: readonly RunningGuardrail[];
  /** As the model gave it. */
  readonly raw: LanguageModelV4GenerateResult;
  /** Makes of it what the caller gets. */
  filter(result: LanguageModelV4GenerateResult): Promise<LanguageModelV4GenerateResult>;
  readonly sent: LanguageModelV4CallOptions | undefined;
  readonly retry: ((options: LanguageModelV4CallOptions) => PromiseLike<LanguageModelV4GenerateResult>) | undefined;
}

/** The answer as the caller gets it, with those checks that need all of it; each may have the model asked once more. */
export async function checkWhole({
  running,
  raw: given,
  filter,
  sent,
  retry,
}: WholeOptions): Promise<LanguageModelV4GenerateResult> {
  let raw = given;
  let result = await filter(raw);
  for (const whole of running.flatMap((guardrail) => guardrail.whole ?? [])) {
    let checked = whole.check(result);
    if (isIssues(checked) && whole.repair && retry && sent) {
      const again = await retry(whole.repair({ sent, result: raw, issues: checked }));
      raw = { ...again, usage: addUsage(raw.usage, again.usage) };
      whole.repaired();
      result = await filter(raw);
      checked = whole.check(result);
    }
    if (isIssues(checked)) whole.refuse(checked);
    else result = checked;
  }
  return result;
}

function isIssues(checked: ReturnType<WholeCheck['check']>): checked is Exclude<typeof checked, LanguageModelV4GenerateResult> {
  return Array.isArray(checked);
}
