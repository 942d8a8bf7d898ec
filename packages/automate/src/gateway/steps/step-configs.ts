import type { Ref, Value } from '../../engine/index.ts';
import type { Task } from '../tasks.ts';

type Text = string | Ref;
type Values = { readonly [name: string]: Value };

type Asking = {
  model: Text;
  schema?: Values;
  tools?: readonly { name: string; description?: string; parameters?: Values }[];
  tool_choice?: 'auto' | 'none' | 'required' | { tool: string };
  temperature?: number;
  top_p?: number;
  max_output_tokens?: number;
  stop?: readonly string[];
  seed?: number;
  reasoning?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh';
};

declare module '../../engine/index.ts' {
  interface StepConfigs {
    'llm.chat': Asking & ({ prompt: Text; system?: Text } | { messages: Text | readonly Values[] });
    'llm.embed': { model: Text; input: Text | readonly Text[]; dimensions?: number };
    'prompt.run': { prompt: string; variables?: Text | Values; model?: Text; sticky_key?: Text } & (
      | { label?: string; version?: never }
      | { version: number; label?: never }
    );
    'modal.run': { endpoint: Text; task_type?: Task; input: Text | Values; params?: Text | Values };
  }
}
