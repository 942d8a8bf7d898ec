import type { LanguageModelV4CallOptions, LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import { type TextVisitor, visitEach } from './call/text-visitor.ts';
import { visitCall } from './call/visit-call.ts';
import { visitResult } from './call/visit-result.ts';
import { createCallFilters } from './call-filters.ts';
import { checkWhole } from './check-whole.ts';
import type { CompiledGuardrail } from './compile-guardrails.ts';
import { type Finding, Findings } from './findings.ts';
import { beginGuardrails } from './running-guardrails.ts';
import { type PartStream, streamGuardrails } from './stream/stream-guardrails.ts';
import { createVault } from './vault.ts';
import { createWorkBudget, defaultWorkLimits, type WorkLimits } from './work-budget.ts';

export interface GuardrailRunOptions {
  readonly signal?: AbortSignal;
  /** Asks the model once more, for an answer that has to be repaired. Its usage is added to that of the answer. */
  readonly retry?: (options: LanguageModelV4CallOptions) => PromiseLike<LanguageModelV4GenerateResult>;
  readonly limits?: WorkLimits;
  readonly now?: () => number;
}

/** The guardrails of one call. All of it throws AppError `guardrail_blocked`, `guardrail_over_budget` and `guardrail_failed`. */
export interface GuardrailRun {
  /** What is sent. Once, before all else. */
  input(options: LanguageModelV4CallOptions): Promise<LanguageModelV4CallOptions>;
  /** What the caller gets. */
  output(result: LanguageModelV4GenerateResult): Promise<LanguageModelV4GenerateResult>;
  /** The same for an answer that comes in parts. Ending early ends the source. */
  stream(parts: PartStream): PartStream;
  /** Texts that are no chat: to embed, to speak, prompts of images. */
  inputTexts(texts: readonly string[]): Promise<string[]>;
  /** Texts that came back, as of recordings and pictures. */
  outputTexts(texts: readonly string[]): Promise<string[]>;
  /** What was found so far, for the log of the call. */
  findings(): Finding[];
}

export function runGuardrails(compiled: readonly CompiledGuardrail[], options: GuardrailRunOptions = {}): GuardrailRun {
  const { signal, retry, limits = defaultWorkLimits, now } = options;
  const vault = createVault();
  const findings = new Findings();
  const budget = createWorkBudget(limits, now);
  const holding = createWorkBudget(limits, now);
  const running = beginGuardrails(compiled, { vault, findings, signal });
  const filters = createCallFilters({ running, vault, budget, holding, signal });
  const survey: TextVisitor = { text: look, json: look };
  let sent: LanguageModelV4CallOptions | undefined;

  /** What stands in the texts already is known before the first one changes, and that they are not too long. */
  async function look(text: string): Promise<string> {
    budget.spend(text.length);
    vault.reserve(text);
    return text;
  }

  async function input(given: LanguageModelV4CallOptions): Promise<LanguageModelV4CallOptions> {
    if (running.length === 0) return given;
    await visitCall(survey, given);
    let prepared = await visitCall(filters.input, given);
    for (const { prepare } of running) prepared = prepare?.(prepared) ?? prepared;
    // What the provider says word for word would go past the guardrails.
    sent = prepared.includeRawChunks ? { ...prepared, includeRawChunks: false } : prepared;
    return sent;
  }

  const filter = (result: LanguageModelV4GenerateResult) => visitResult(filters.output, result);
  const output = async (result: LanguageModelV4GenerateResult): Promise<LanguageModelV4GenerateResult> =>
    running.length === 0 ? result : checkWhole({ running, raw: result, filter, sent, retry });

  return {
    input,
    output,
    stream: (parts) => (running.length === 0 ? parts : streamGuardrails({ parts, running, filters, output })),
    async inputTexts(texts) {
      if (running.length === 0) return [...texts];
      await visitEach(texts, look);
      return visitEach(texts, (text, index) => filters.input.text(text, `/${index}`));
    },
    outputTexts: (texts) => visitEach(texts, (text, index) => filters.output.text(text, `/${index}`)),
    findings: () => findings.list(),
  };
}
