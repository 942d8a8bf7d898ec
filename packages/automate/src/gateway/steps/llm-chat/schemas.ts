import { z } from 'zod';
import { AnyObject } from '../../../engine/index.ts';

export const ModelNamed = z.string().min(1).max(300).describe('An endpoint, an alias, or `provider/model`; a Liquid text');
const Text = z.string().max(200_000);
const ToolName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"');

export const ChatTool = z.strictObject({
  name: ToolName,
  description: z.string().max(4_000).optional().describe('By which the model decides whether to call it'),
  parameters: AnyObject.optional().describe('JSON Schema of an object: the arguments. Default: none'),
});

export const ChatConfig = z
  .strictObject({
    model: ModelNamed,
    prompt: Text.min(1).optional().describe('What is asked; a Liquid text'),
    system: Text.min(1).optional().describe('What the model is told about its task, with a prompt; a Liquid text'),
    messages: z
      .union([z.string().min(1).max(8_192), z.array(AnyObject).min(1).max(1_000)])
      .optional()
      .describe(
        'A whole conversation in place of a prompt, as OpenAI writes it; texts are Liquid. One expression may give all of it',
      ),
    schema: AnyObject.optional().describe('JSON Schema that the answer has to fit; it is `object` in the output then'),
    tools: z.array(ChatTool).max(64).optional().describe('What the model may ask for: `tool_calls` in the output'),
    tool_choice: z
      .union([z.enum(['auto', 'none', 'required']), z.strictObject({ tool: ToolName })])
      .optional()
      .describe('Whether it has to call a tool, or which'),
    temperature: z.number().min(0).max(2).optional(),
    top_p: z.number().min(0).max(1).optional(),
    max_output_tokens: z.int().min(1).max(10_000_000).optional().describe('Most tokens of the answer'),
    stop: z.array(z.string().min(1).max(200)).max(16).optional().describe('Texts that end the answer'),
    seed: z.int().optional(),
    reasoning: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).optional().describe('How long it may think'),
  })
  .refine(({ prompt, messages }) => (prompt === undefined) !== (messages === undefined), {
    path: ['prompt'],
    message: 'is needed, or else messages, and not both',
  })
  .refine(({ system, messages }) => system === undefined || messages === undefined, {
    path: ['system'],
    message: 'goes with a prompt; among messages it is one of the role "system"',
  })
  .refine(({ tools, tool_choice: choice }) => choice === undefined || tools !== undefined, {
    path: ['tool_choice'],
    message: 'goes with tools',
  });
export type ChatConfig = z.output<typeof ChatConfig>;
