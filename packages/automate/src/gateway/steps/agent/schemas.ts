import { z } from 'zod';
import { AnyObject, RetryPolicy } from '../../../engine/index.ts';

/** What vendors take as a name of a tool. */
const TOOL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

export const ToolApproval = z.strictObject({
  title: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('What is to be decided; a Liquid text. Default: which tool is to be called'),
  description: z
    .string()
    .max(20_000)
    .optional()
    .describe('What one has to know to decide; a Liquid text that sees `arguments`. Default: the arguments'),
  timeout_seconds: z.number().positive().max(31_622_400).optional().describe('The call counts as rejected then'),
});

export const AgentTool = z
  .strictObject({
    name: z.string().regex(TOOL_NAME, 'must be 1 to 64 letters, digits, "_" or "-"'),
    description: z.string().min(1).max(4_000).describe('By which the model decides whether to call it'),
    parameters: AnyObject.optional().describe(
      'JSON Schema of an object: the arguments. Default: the texts that the configuration of the step type needs and `config` leaves out; any, for a workflow',
    ),
    type: z.string().min(1).max(100).optional().describe('The step type that is run'),
    config: AnyObject.optional().describe('Its configuration; templates and rules see `arguments`'),
    workflow: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('Instead: the slug of a workflow, whose `event.payload` the arguments are'),
    version: z.int().min(1).max(2_147_483_647).optional().describe('Default: the published one'),
    approval: z.union([z.boolean(), ToolApproval]).optional().describe('Whether a person decides about each call'),
    retry: RetryPolicy.optional(),
    timeout_seconds: z.number().positive().max(31_622_400).optional().describe('How long one call may take'),
  })
  .refine(({ type, workflow }) => (type === undefined) !== (workflow === undefined), {
    path: ['type'],
    message: 'a tool is either a step, with "type", or a workflow, with "workflow"',
  })
  .refine(({ type, config }) => type !== undefined || config === undefined, {
    path: ['config'],
    message: 'belongs to a tool with a "type"',
  })
  .refine(({ workflow, version }) => workflow !== undefined || version === undefined, {
    path: ['version'],
    message: 'belongs to a tool with a "workflow"',
  });
export type AgentTool = z.output<typeof AgentTool>;

export const AgentConfig = z.strictObject({
  model: z.string().min(1).max(300).describe('An endpoint, an alias, or `provider/model`; a Liquid text'),
  system: z.string().max(100_000).optional().describe('What the model is told about its task; a Liquid text'),
  prompt: z.string().min(1).max(100_000).describe('What it is asked; a Liquid text'),
  tools: z.array(AgentTool).max(32).default([]),
  max_turns: z.int().min(1).max(100).default(10).describe('Most answers of the model'),
  max_tokens: z.int().min(1).max(1_000_000_000).optional().describe('Most tokens of all turns together, in and out'),
  max_cost_usd: z.number().positive().max(1_000_000).optional().describe('Most dollars of all turns together'),
  on_limit: z
    .enum(['fail', 'answer'])
    .default('fail')
    .describe('Whether a ceiling fails the step, or the model answers once more, without tools'),
  on_tool_error: z
    .enum(['report', 'fail'])
    .default('report')
    .describe('Whether a failed tool gives its error to the model, or fails the step'),
  parallel_calls: z.int().min(1).max(20).default(5).describe('Calls of a turn in flight at once'),
  tool_output_characters: z.int().min(100).max(200_000).default(20_000).describe('How much of what a tool gives the model sees'),
  temperature: z.number().min(0).max(2).optional(),
  max_output_tokens: z.int().min(1).max(1_000_000).optional().describe('Of one turn'),
});
export type AgentConfig = z.output<typeof AgentConfig>;

/** What keeps an agent from going on for ever. */
export const Ceilings = z.strictObject({
  max_turns: z.int(),
  max_tokens: z.int().optional(),
  max_cost_usd: z.number().optional(),
  on_limit: z.enum(['fail', 'answer']),
});
export type Ceilings = z.output<typeof Ceilings>;

export function ceilingsOf({ max_turns, max_tokens, max_cost_usd, on_limit }: Ceilings): Ceilings {
  return {
    max_turns,
    ...(max_tokens !== undefined && { max_tokens }),
    ...(max_cost_usd !== undefined && { max_cost_usd }),
    on_limit,
  };
}
