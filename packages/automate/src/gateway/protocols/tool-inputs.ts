import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { toolInputText } from './tool-input.ts';

/** What a stream tells of the calls that the client shall make. Calls may come side by side: each has its index. */
export type ToolInputEvent =
  | { readonly type: 'start'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: 'delta'; readonly index: number; readonly id: string; readonly text: string }
  | { readonly type: 'end'; readonly index: number; readonly id: string };

interface ToolInputs {
  /** None for parts that are not of a call for the client. */
  read(part: LanguageModelV4StreamPart): ToolInputEvent[];
  /** Calls begun so far. */
  readonly count: number;
}

/**
 * Reads calls from a model's stream, whether it streams their arguments or tells a call as a whole. Each call starts, and ends when it is whole.
 */
export function createToolInputs(): ToolInputs {
  const calls = new Map<string, { index: number; length: number; isText: boolean; isOver: boolean }>();
  const hidden = new Set<string>();

  const begin = (id: string, name: string, isText: boolean): ToolInputEvent => {
    const index = calls.size;
    calls.set(id, { index, length: 0, isText, isOver: false });
    return { type: 'start', index, id, name };
  };

  const finish = (id: string, input: string): ToolInputEvent[] => {
    const call = calls.get(id);
    if (!call || call.isOver) return [];
    call.isOver = true;
    const { index } = call;
    // A call without arguments streams none, and text that is not JSON was held back.
    const rest: ToolInputEvent[] = call.length === 0 ? [{ type: 'delta', index, id, text: toolInputText(input) }] : [];
    return [...rest, { type: 'end', index, id }];
  };

  return {
    get count() {
      return calls.size;
    },
    read(part) {
      if (part.type === 'tool-input-start') {
        if (part.providerExecuted) hidden.add(part.id);
        if (hidden.has(part.id) || calls.has(part.id)) return [];
        return [begin(part.id, part.toolName, part.inputEncoding === 'text')];
      }
      if (part.type === 'tool-input-delta') {
        const call = calls.get(part.id);
        if (!call || call.isOver || call.isText || part.delta === '') return [];
        call.length += part.delta.length;
        return [{ type: 'delta', index: call.index, id: part.id, text: part.delta }];
      }
      if (part.type !== 'tool-call' || part.providerExecuted || hidden.has(part.toolCallId)) return [];
      const start = calls.has(part.toolCallId) ? [] : [begin(part.toolCallId, part.toolName, false)];
      return [...start, ...finish(part.toolCallId, part.input)];
    },
  };
}
