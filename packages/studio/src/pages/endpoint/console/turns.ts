import type { ModelCall } from 'automate-client';

/** What somebody said. */
export interface Question {
  readonly id: number;
  readonly kind: 'question';
  readonly text: string;
  /** As data URLs. */
  readonly pictures: readonly string[];
}

/** What the model said to it, as far as it has come. */
export interface Answer {
  readonly id: number;
  readonly kind: 'answer';
  readonly state: 'running' | 'done' | 'stopped' | 'failed';
  readonly text: string;
  readonly reasoning: string;
  readonly error?: string;
  readonly firstMs?: number;
  readonly ms?: number;
  /** As the log has it. */
  readonly call?: ModelCall;
}

export type Turn = Question | Answer;

/** What is said besides the messages; empty: as the endpoint says. */
export interface Parameters {
  readonly system: string;
  readonly temperature: string;
  readonly topP: string;
  readonly most: string;
}

export const noParameters: Parameters = { system: '', temperature: '', topP: '', most: '' };

/** The request of a conversation so far. Answers that failed are not a part of it. */
export function requestOf(model: string, turns: readonly Turn[], given: Parameters): object {
  const number = (name: string, value: string) => (value.trim() === '' ? {} : { [name]: Number(value) });
  return {
    model,
    stream: true,
    stream_options: { include_usage: true },
    ...number('temperature', given.temperature),
    ...number('top_p', given.topP),
    ...number('max_tokens', given.most),
    messages: [
      ...(given.system.trim() === '' ? [] : [{ role: 'system', content: given.system }]),
      ...turns.flatMap((turn) => messageOf(turn) ?? []),
    ],
  };
}

function messageOf(turn: Turn): object | undefined {
  if (turn.kind === 'answer') return turn.text === '' ? undefined : { role: 'assistant', content: turn.text };
  if (turn.pictures.length === 0) return { role: 'user', content: turn.text };
  const pictures = turn.pictures.map((url) => ({ type: 'image_url', image_url: { url } }));
  return { role: 'user', content: [...(turn.text === '' ? [] : [{ type: 'text', text: turn.text }]), ...pictures] };
}

export interface Sum {
  readonly nanos: number;
  readonly hasUnpriced: boolean;
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

/** What a conversation has used, as far as the log tells. */
export function sumOf(calls: readonly (ModelCall | undefined)[]): Sum {
  const known = calls.filter((call) => call !== undefined);
  const sum = (value: (call: ModelCall) => number) => known.reduce((all, call) => all + value(call), 0);
  return {
    nanos: sum(({ cost_nanos: nanos }) => nanos ?? 0),
    hasUnpriced: known.some(({ cost_nanos: nanos, status }) => nanos === null && status === 'succeeded'),
    input: sum(inputOf),
    cached: sum(({ cache_read_tokens: cached }) => cached),
    output: sum(outputOf),
  };
}

export const inputOf = (call: ModelCall) => call.input_tokens + call.cache_read_tokens + call.cache_write_tokens;
export const outputOf = (call: ModelCall) => call.output_tokens + call.reasoning_tokens;
