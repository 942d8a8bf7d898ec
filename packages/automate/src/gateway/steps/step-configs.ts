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

type AgentTool = {
  name: string;
  description: string;
  parameters?: Values;
  approval?: boolean | { title?: Text; description?: Text; timeout_seconds?: number };
  retry?: Values;
  timeout_seconds?: number;
} & (
  | { type: string; config?: Values; workflow?: never; version?: never }
  | { workflow: string; version?: number; type?: never; config?: never }
);

declare module '../../engine/index.ts' {
  interface StepConfigs {
    'llm.chat': Asking & ({ prompt: Text; system?: Text } | { messages: Text | readonly Values[] });
    'agent.run': {
      model: Text;
      prompt: Text;
      system?: Text;
      tools?: readonly AgentTool[];
      max_turns?: number;
      max_tokens?: number;
      max_cost_usd?: number;
      on_limit?: 'fail' | 'answer';
      on_tool_error?: 'report' | 'fail';
      parallel_calls?: number;
      tool_output_characters?: number;
      temperature?: number;
      max_output_tokens?: number;
    };
    'llm.embed': { model: Text; input: Text | readonly Text[]; dimensions?: number };
    'prompt.run': { prompt: string; variables?: Text | Values; model?: Text; sticky_key?: Text } & (
      | { label?: string; version?: never }
      | { version: number; label?: never }
    );
    'modal.run': { endpoint: Text; task_type?: Task; input: Text | Values; params?: Text | Values };
  }
}
