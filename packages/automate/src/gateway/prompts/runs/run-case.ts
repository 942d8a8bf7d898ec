import { AppError, cutText, errorMessage, storableText } from '../../../kernel/index.ts';
import { type Assertions, isLimit, type StoredAssertion } from '../assertions/assertions.ts';
import { inTurn } from '../in-turn.ts';
import type { ChatAnswer, ModelCaller, PromptCaller } from '../prompt-caller.ts';
import type { ResolvedPrompt } from '../resolve.ts';
import { createMeter, type Meter } from './meter.ts';
import type { AssertionOutcome, CaseResult } from './result.store.ts';
import type { PromptCase } from './schemas.ts';

/** Characters of an output that are kept; assertions see all of it. */
const KEPT = 20_000;
/** Longest reason that is kept. */
const REASON = 1_000;

export interface CaseToRun {
  readonly position: number;
  readonly one: PromptCase;
  readonly prompt: ResolvedPrompt;
  readonly model: string;
  readonly caller: ModelCaller;
  readonly signal: AbortSignal;
}

/**
 * Puts one case to the model and its answer to the assertions.
 * @throws what says that it was not tried at all: the run was cancelled, or a limit was reached that passes by itself
 */
export async function runCase(
  { models, assertions }: { models(): PromptCaller; assertions: Assertions },
  asked: CaseToRun,
): Promise<CaseResult> {
  const { position, one, prompt, model, caller, signal } = asked;
  const meter = createMeter(models);
  let answer: ChatAnswer | undefined;
  try {
    const rendered = await inTurn(() => prompt.options(one.variables as never, '/variables'));
    const options = { ...rendered, abortSignal: signal };
    const reference = { id: prompt.id, version: prompt.version };
    answer = await meter.caller.chat(caller, { model, options, prompt: reference, signal });
    const outcomes = await judge(assertions, asked, { answer, meter });
    const passed = outcomes.every((outcome) => outcome.passed);
    return { ...factsOf(answer), position, name: one.name, passed, assertions: outcomes, cost_nanos: meter.nanos(), error: null };
  } catch (error) {
    if (signal.aborted || isLimit(error)) throw error;
    const failure = { code: AppError.is(error) ? error.code : 'failed', message: cutText(errorMessage(error), REASON) };
    return {
      ...factsOf(answer),
      position,
      name: one.name,
      passed: false,
      assertions: [],
      cost_nanos: meter.nanos(),
      error: failure,
    };
  }
}

function factsOf(answer: ChatAnswer | undefined) {
  if (!answer) return { output: null, is_cut: false, latency_ms: null, usage: null, call_id: null };
  return {
    output: cutText(storableText(answer.text), KEPT),
    is_cut: answer.text.length > KEPT,
    latency_ms: Math.round(answer.latencyMs),
    usage: answer.usage,
    call_id: answer.callId,
  };
}

async function judge(
  assertions: Assertions,
  { one, caller, signal }: CaseToRun,
  { answer, meter }: { answer: ChatAnswer; meter: Meter },
): Promise<AssertionOutcome[]> {
  const { text: output, latencyMs, costNanos } = answer;
  const subject = { output, latencyMs, costNanos, variables: one.variables as never };
  const context = {
    signal,
    chat: (request: Parameters<PromptCaller['chat']>[1]) => meter.caller.chat(caller, { ...request, signal }),
    embed: (request: Parameters<PromptCaller['embed']>[1]) => meter.caller.embed(caller, { ...request, signal }),
  };
  const outcomes: AssertionOutcome[] = [];
  for (const assertion of one.assertions as readonly StoredAssertion[]) {
    const { passed, score, reason } = await assertions.evaluate(assertion, subject, context);
    outcomes.push({ type: assertion.type, passed, score: score ?? null, reason: cutText(storableText(reason), REASON) });
  }
  return outcomes;
}
