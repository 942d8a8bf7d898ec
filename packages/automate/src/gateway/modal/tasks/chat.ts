import { z } from 'zod';
import { inputError } from '../../../api/index.ts';
import { AppError, invalidInput, type Json, type JsonObject } from '../../../kernel/index.ts';
import type { ModelAnswer } from '../../calls/model-calls.ts';
import { toCallOptions } from '../../protocols/openai-chat/call-options.ts';
import { ChatCompletionRequest } from '../../protocols/openai-chat/schemas.ts';
import type { CallOptions } from '../../protocols/options.ts';
import { defineTask, type TaskContext } from '../task-type.ts';

const Input = z
  .strictObject({
    prompt: z.string().min(1).max(1_000_000).optional().describe('What is asked, in place of `messages`'),
    system: z.string().max(1_000_000).optional().describe('What the model is told before it'),
    messages: z.array(z.json()).min(1).max(2_000).optional().describe('A conversation, as the OpenAI API writes it'),
  })
  .refine(({ prompt, messages }) => (prompt === undefined) !== (messages === undefined), 'must have either prompt or messages');

const Params = z
  .looseObject({
    temperature: z.number().min(0).max(2).optional(),
    max_tokens: z.int().min(1).optional(),
  })
  .describe('What the OpenAI API knows besides `messages`: `temperature`, `max_tokens`, `tools`, `response_format`, …');

/** An answer of a model, in words. */
export const chatTask = defineTask({
  task: 'llm.chat',
  summary: 'Answers in words',
  input: Input,
  params: Params,
  async run(context, { input, params }) {
    const { services, caller, endpoint, signal, watch } = context;
    const options = optionsOf(input, params);
    requireCeiling(context, options);
    const model = endpoint.slug;
    const { token } = watch;
    if (token) {
      const end = await services.modelCalls.streamChat(caller, { model, options, signal, onText: (text) => token(text) });
      const calls = end.toolCalls.map(({ toolCallId, toolName, input: given }) => toolCall(toolCallId, toolName, given));
      return { ...figures(end), outputs: outputs(end.text, end.finishReason, calls) };
    }
    const answer = await services.modelCalls.chat(caller, { model, options, signal });
    return { ...figures(answer), outputs: outputs(answer.text, answer.finishReason, toolCallsOf(answer)) };
  },
});

function optionsOf({ prompt, system, messages }: z.output<typeof Input>, params: z.output<typeof Params>): CallOptions {
  const said = messages ?? [{ role: 'user', content: prompt }];
  const told = system === undefined ? [] : [{ role: 'system', content: system }];
  const parsed = ChatCompletionRequest.safeParse({ ...params, model: 'endpoint', stream: false, messages: [...told, ...said] });
  const shift = told.length;
  try {
    if (!parsed.success) throw inputError(parsed.error);
    return toCallOptions(parsed.data);
  } catch (error) {
    if (!AppError.is(error) || !error.errors) throw error;
    throw invalidInput(
      error.errors.map((issue) => ({ ...issue, pointer: placeOf(issue.pointer, { shift, hasPrompt: !messages }) })),
    );
  }
}

/** Where the request says what was put together from it. */
function placeOf(pointer: string, { shift, hasPrompt }: { readonly shift: number; readonly hasPrompt: boolean }): string {
  const [, index, rest = ''] = /^\/messages\/(\d+)(.*)$/.exec(pointer) ?? [];
  if (index === undefined) return pointer.startsWith('/messages') ? `/input${pointer}` : `/params${pointer}`;
  const place = Number(index) - shift;
  if (place < 0) return '/input/system';
  return hasPrompt ? '/input/prompt' : `/input/messages/${place}${rest}`;
}

function requireCeiling({ endpoint }: TaskContext, { maxOutputTokens }: CallOptions): void {
  const most = endpoint.limits.max_output_tokens;
  if (most !== undefined && maxOutputTokens !== undefined && maxOutputTokens > most)
    throw invalidInput([
      { pointer: '/params/max_tokens', code: 'too_big', message: `must be at most ${most} for this endpoint` },
    ]);
}

function figures({ usage, costNanos, callId }: Pick<ModelAnswer, 'usage' | 'costNanos' | 'callId'>) {
  return { usage, costNanos, callIds: [callId] };
}

function outputs(text: string, reason: string, calls: readonly JsonObject[]): { [name: string]: Json } {
  return { text, finish_reason: reason, ...(calls.length > 0 && { tool_calls: [...calls] }) };
}

function toolCallsOf({ result }: ModelAnswer): JsonObject[] {
  return result.content.flatMap((part) =>
    part.type === 'tool-call' ? [toolCall(part.toolCallId, part.toolName, part.input)] : [],
  );
}

function toolCall(id: string, name: string, given: string): JsonObject {
  return { id, name, arguments: given };
}
