import { StepError, valueIssues } from '../../engine/index.ts';
import { type Json, type JsonObject, parseJson } from '../../kernel/index.ts';
import type { ModelAnswer } from '../calls/model-calls.ts';
import { figuresFor } from './figures.ts';

/** Most faults that are told of one answer. */
const MOST_FAULTS = 5;

/**
 * The output of a step that has asked a model.
 * @param schema what a structured answer has to fit; undefined where any JSON will do, null where a text is wanted
 * @throws StepError `answer_not_json`, `answer_mismatch`
 */
export function outputOf(answer: ModelAnswer, schema: JsonObject | undefined | null): JsonObject {
  const toolCalls = answer.result.content.flatMap((part) =>
    part.type === 'tool-call' && !part.providerExecuted
      ? [{ id: part.toolCallId, name: part.toolName, arguments: read(part.input) ?? part.input }]
      : [],
  );
  const isStructured = schema !== null && toolCalls.length === 0;
  return {
    text: answer.text,
    object: isStructured ? objectOf(answer, schema) : null,
    tool_calls: toolCalls,
    finish_reason: answer.finishReason,
    ...figuresFor(answer),
  };
}

function objectOf({ text, finishReason, callId }: ModelAnswer, schema: JsonObject | undefined): Json {
  const value = read(text);
  // Cut off once, it would be cut off again.
  const isRetryable = finishReason !== 'length';
  if (value === undefined) {
    const why = isRetryable ? '' : ': it was cut off, so allow more with "max_output_tokens"';
    const detail = `The answer is no JSON${why} (call ${callId}).`;
    throw new StepError({ code: 'answer_not_json', detail, isRetryable });
  }
  const issues = schema ? valueIssues(schema as Parameters<typeof valueIssues>[0], value) : [];
  if (issues.length === 0) return value;
  const told = issues.slice(0, MOST_FAULTS).map(({ pointer, message }) => `${pointer === '' ? 'it' : pointer} ${message}`);
  const detail = `The answer does not fit the schema: ${told.join('; ')} (call ${callId}).`;
  throw new StepError({ code: 'answer_mismatch', detail, isRetryable: true });
}

function read(text: string): Json | undefined {
  try {
    return parseJson(unfenced(text)) as Json;
  } catch {
    return undefined;
  }
}

/** Models that know no other form put JSON into a block of Markdown. */
function unfenced(text: string): string {
  const trimmed = text.trim();
  if (!trimmed.startsWith('```') || !trimmed.endsWith('```') || trimmed.length < 7) return trimmed;
  return trimmed.slice(trimmed.indexOf('\n') + 1, -3);
}
