import type { FinishReason } from '../outcome.ts';

const NAMES: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'content-filter': 'refusal',
  'tool-calls': 'tool_use',
  error: 'end_turn',
  interrupted: 'end_turn',
  other: 'end_turn',
};

/** Why a message ended, in Anthropic's words. */
export function toStopReason(
  { unified, raw }: { unified: FinishReason; raw: string | undefined },
  hasToolCalls: boolean,
): string {
  if (hasToolCalls && (unified === 'stop' || unified === 'other')) return 'tool_use';
  if (unified === 'stop' && (raw === 'stop_sequence' || raw === 'pause_turn')) return raw;
  return NAMES[unified];
}

/** The same, back. */
export function fromStopReason(name: unknown): FinishReason | undefined {
  if (typeof name !== 'string') return undefined;
  if (name === 'stop_sequence' || name === 'pause_turn') return 'stop';
  if (name === 'model_context_window_exceeded') return 'length';
  const found = (Object.keys(NAMES) as FinishReason[]).find((reason) => NAMES[reason] === name);
  return found ?? 'other';
}
