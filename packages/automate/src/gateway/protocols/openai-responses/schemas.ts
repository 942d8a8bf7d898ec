import { z } from 'zod';
import { CallId, FileUrl, limits, ModelName, PlainObject, ToolName, tagged, textOr, WebAddress } from '../schema-parts.ts';

const text = <Type extends string>(type: Type) => z.looseObject({ type: z.literal(type), text: z.string() });

const InputPart = tagged('type', {
  input_text: text('input_text'),
  input_image: z.looseObject({
    type: z.literal('input_image'),
    image_url: FileUrl.nullish(),
    file_id: z.string().nullish(),
    detail: z.string().nullish(),
  }),
  input_file: z.looseObject({
    type: z.literal('input_file'),
    file_data: z.string().nullish(),
    file_id: z.string().nullish(),
    file_url: WebAddress.nullish(),
    filename: z.string().nullish(),
  }),
  input_audio: z.looseObject({
    type: z.literal('input_audio'),
    input_audio: z.looseObject({ data: z.string().min(1), format: z.string().min(1).max(20) }),
  }),
  output_text: text('output_text'),
  refusal: z.looseObject({ type: z.literal('refusal'), refusal: z.string() }),
});

const Item = tagged(
  'type',
  {
    message: z.looseObject({
      type: z.literal('message').nullish(),
      role: z.enum(['user', 'assistant', 'system', 'developer']),
      content: textOr(InputPart),
    }),
    function_call: z.looseObject({
      type: z.literal('function_call'),
      call_id: CallId,
      name: ToolName,
      arguments: z.string(),
    }),
    function_call_output: z.looseObject({
      type: z.literal('function_call_output'),
      call_id: CallId,
      output: textOr(InputPart),
    }),
    reasoning: z.looseObject({
      type: z.literal('reasoning'),
      id: z.string().nullish(),
      summary: z.array(text('summary_text')).max(limits.parts),
      encrypted_content: z.string().nullish(),
    }),
    item_reference: z.looseObject({ type: z.literal('item_reference'), id: z.string() }),
  },
  { otherwise: 'message' },
);

const Tool = tagged('type', {
  function: z.looseObject({
    type: z.literal('function'),
    name: ToolName,
    description: z.string().nullish(),
    parameters: PlainObject.nullish(),
    strict: z.boolean().nullish(),
  }),
});

const NamedTool = z.looseObject({ type: z.literal('function'), name: ToolName });
const ToolChoice = z.union(
  [
    z.enum(['none', 'auto', 'required']),
    tagged('type', {
      function: NamedTool,
      allowed_tools: z.looseObject({
        type: z.literal('allowed_tools'),
        mode: z.enum(['auto', 'required']),
        tools: z.array(NamedTool).max(limits.tools),
      }),
    }),
  ],
  { error: 'must be none, auto, required, or an object that names a function' },
);

const Format = tagged('type', {
  text: z.looseObject({ type: z.literal('text') }),
  json_object: z.looseObject({ type: z.literal('json_object') }),
  json_schema: z.looseObject({
    type: z.literal('json_schema'),
    name: z.string().min(1).max(64),
    description: z.string().nullish(),
    schema: PlainObject,
    strict: z.boolean().nullish(),
  }),
});

/** What `POST /v1/responses` takes. Fields that are not named here are passed to providers that speak this protocol. */
export const ResponsesRequest = z.looseObject({
  model: ModelName,
  input: z.union([z.string(), z.array(Item).max(limits.messages)], { error: 'must be a text or a list of items' }),
  instructions: z.string().nullish(),
  previous_response_id: z.string().max(256).nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  background: z.boolean().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  tools: z.array(Tool).max(limits.tools).nullish(),
  tool_choice: ToolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  text: z.looseObject({ format: Format.nullish(), verbosity: z.string().max(20).nullish() }).nullish(),
  reasoning: z.looseObject({ effort: z.string().max(20).nullish(), summary: z.string().max(20).nullish() }).nullish(),
  user: z.string().max(512).nullish(),
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
});

export type ResponsesRequest = z.infer<typeof ResponsesRequest>;
export type ResponseItem = z.infer<typeof Item>;
export type InputPart = z.infer<typeof InputPart>;
