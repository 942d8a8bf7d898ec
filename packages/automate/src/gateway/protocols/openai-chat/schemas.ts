import { z } from 'zod';
import { CallId, FileUrl, limits, ModelName, PlainObject, ToolName, tagged, textOr } from '../schema-parts.ts';

const Text = z.looseObject({ type: z.literal('text'), text: z.string() });
const Part = tagged('type', {
  text: Text,
  image_url: z.looseObject({
    type: z.literal('image_url'),
    image_url: z.looseObject({ url: FileUrl, detail: z.string().nullish() }),
  }),
  input_audio: z.looseObject({
    type: z.literal('input_audio'),
    input_audio: z.looseObject({ data: z.string().min(1), format: z.string().min(1).max(20) }),
  }),
  file: z.looseObject({
    type: z.literal('file'),
    file: z.looseObject({
      file_data: z.string().nullish(),
      file_id: z.string().nullish(),
      filename: z.string().nullish(),
    }),
  }),
});

const AssistantPart = tagged('type', {
  text: Text,
  refusal: z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
});

const ToolCall = tagged(
  'type',
  {
    function: z.looseObject({
      id: CallId,
      type: z.literal('function').default('function'),
      function: z.looseObject({ name: ToolName, arguments: z.string() }),
    }),
  },
  { otherwise: 'function' },
);

const instructions = <Role extends string>(role: Role) => z.looseObject({ role: z.literal(role), content: textOr(Text) });

const Message = tagged(
  'role',
  {
    system: instructions('system'),
    developer: instructions('developer'),
    user: z.looseObject({ role: z.literal('user'), content: textOr(Part) }),
    assistant: z.looseObject({
      role: z.literal('assistant'),
      content: textOr(AssistantPart).nullish(),
      reasoning_content: z.string().nullish(),
      refusal: z.string().nullish(),
      tool_calls: z.array(ToolCall).max(limits.toolCalls).nullish(),
    }),
    tool: z.looseObject({ role: z.literal('tool'), tool_call_id: CallId, content: textOr(Part) }),
  },
  // The roles of models that are not OpenAI's pass as well.
);

const Tool = tagged('type', {
  function: z.looseObject({
    type: z.literal('function'),
    function: z.looseObject({
      name: ToolName,
      description: z.string().nullish(),
      parameters: PlainObject.nullish(),
      strict: z.boolean().nullish(),
    }),
  }),
});

const NamedTool = z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: ToolName }) });
const ToolChoice = z.union(
  [
    z.enum(['none', 'auto', 'required']),
    tagged('type', {
      function: NamedTool,
      allowed_tools: z.looseObject({
        type: z.literal('allowed_tools'),
        allowed_tools: z.looseObject({ mode: z.enum(['auto', 'required']), tools: z.array(NamedTool).max(limits.tools) }),
      }),
    }),
  ],
  { error: 'must be none, auto, required, or an object that names a function' },
);

const ResponseFormat = tagged('type', {
  text: z.looseObject({ type: z.literal('text') }),
  json_object: z.looseObject({ type: z.literal('json_object') }),
  json_schema: z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({
      name: z.string().min(1).max(64),
      description: z.string().nullish(),
      schema: PlainObject.nullish(),
      strict: z.boolean().nullish(),
    }),
  }),
});

const tokens = z.int().min(1).nullish();
const penalty = z.number().min(-2).max(2).nullish();

/** What `POST /v1/chat/completions` takes. Fields that are not named here are passed to providers that speak this protocol. */
export const ChatCompletionRequest = z.looseObject({
  model: ModelName,
  messages: z.array(Message).min(1).max(limits.messages),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_completion_tokens: tokens,
  max_tokens: tokens,
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(0).nullish(),
  presence_penalty: penalty,
  frequency_penalty: penalty,
  seed: z.int().nullish(),
  stop: z
    .union([z.string(), z.array(z.string()).max(limits.stops)], {
      error: `must be a text or a list of at most ${limits.stops}`,
    })
    .nullish(),
  n: z.int().min(1).max(128).nullish(),
  tools: z.array(Tool).max(limits.tools).nullish(),
  tool_choice: ToolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: ResponseFormat.nullish(),
  reasoning_effort: z.string().max(20).nullish(),
  user: z.string().max(512).nullish(),
  modalities: z.array(z.string()).max(8).nullish(),
});

export type ChatCompletionRequest = z.infer<typeof ChatCompletionRequest>;
export type ChatMessage = z.infer<typeof Message>;
export type ChatPart = z.infer<typeof Part>;
