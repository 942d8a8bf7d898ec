/** An item of the output of a response. */
export type OutputItem =
  | { type: 'message'; id: string; status: ItemStatus; role: 'assistant'; content: OutputText[] }
  | { type: 'function_call'; id: string; status: ItemStatus; call_id: string; name: string; arguments: string }
  | {
      type: 'reasoning';
      id: string;
      status: ItemStatus;
      summary: { type: 'summary_text'; text: string }[];
      encrypted_content?: string;
    };

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

interface OutputText {
  type: 'output_text';
  text: string;
  annotations: unknown[];
  logprobs: unknown[];
}

export function outputText(text: string): OutputText {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

/** An item's id, from that of its response and its place in it. */
export function itemId(kind: 'msg' | 'fc' | 'rs', responseId: string, index: number): string {
  return `${kind}_${responseId.replace(/^resp_/, '')}_${index}`;
}
