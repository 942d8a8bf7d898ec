import { z } from 'zod';
import { CallId, limits, ModelName, PlainObject, ToolName, tagged, textOr, WebAddress } from '../schema-parts.ts';

const Base64 = z.looseObject({ type: z.literal('base64'), media_type: z.string().min(1).max(128), data: z.string().min(1) });
const Url = z.looseObject({ type: z.literal('url'), url: WebAddress });
const Kept = z.looseObject({ type: z.literal('file'), file_id: z.string().min(1).max(512) });

const Text = z.looseObject({ type: z.literal('text'), text: z.string() });
const Image = z.looseObject({ type: z.literal('image'), source: tagged('type', { base64: Base64, url: Url, file: Kept }) });
const Document = z.looseObject({
  type: z.literal('document'),
  source: tagged('type', {
    base64: Base64,
    url: Url,
    file: Kept,
    text: z.looseObject({ type: z.literal('text'), data: z.string() }),
  }),
  title: z.string().nullish(),
  context: z.string().nullish(),
});

const ResultPart = tagged('type', { text: Text, image: Image, document: Document });
const UserBlock = tagged('type', {
  text: Text,
  image: Image,
  document: Document,
  tool_result: z.looseObject({
    type: z.literal('tool_result'),
    tool_use_id: CallId,
    content: textOr(ResultPart).nullish(),
    is_error: z.boolean().nullish(),
  }),
});
const AssistantBlock = tagged('type', {
  text: Text,
  thinking: z.looseObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().nullish() }),
  redacted_thinking: z.looseObject({ type: z.literal('redacted_thinking'), data: z.string() }),
  tool_use: z.looseObject({ type: z.literal('tool_use'), id: CallId, name: ToolName, input: PlainObject }),
});

const Message = tagged(
  'role',
  {
    user: z.looseObject({ role: z.literal('user'), content: textOr(UserBlock) }),
    assistant: z.looseObject({ role: z.literal('assistant'), content: textOr(AssistantBlock) }),
    system: z.looseObject({ role: z.literal('system'), content: textOr(Text) }),
  },
  { areOthersRefused: true },
);

const Tool = tagged(
  'type',
  {
    custom: z.looseObject({
      type: z.literal('custom').nullish(),
      name: ToolName,
      description: z.string().nullish(),
      input_schema: PlainObject,
      strict: z.boolean().nullish(),
    }),
  },
  { otherwise: 'custom' },
);

const isParallelOff = z.boolean().nullish();
const ToolChoice = tagged(
  'type',
  {
    auto: z.looseObject({ type: z.literal('auto'), disable_parallel_tool_use: isParallelOff }),
    any: z.looseObject({ type: z.literal('any'), disable_parallel_tool_use: isParallelOff }),
    tool: z.looseObject({ type: z.literal('tool'), name: ToolName, disable_parallel_tool_use: isParallelOff }),
    none: z.looseObject({ type: z.literal('none') }),
  },
  { areOthersRefused: true },
);

const Thinking = tagged('type', {
  enabled: z.looseObject({ type: z.literal('enabled'), budget_tokens: z.int().min(1) }),
  adaptive: z.looseObject({ type: z.literal('adaptive') }),
  disabled: z.looseObject({ type: z.literal('disabled') }),
});

const Format = tagged('type', { json_schema: z.looseObject({ type: z.literal('json_schema'), schema: PlainObject }) });

const counted = {
  model: ModelName,
  messages: z.array(Message).min(1).max(limits.messages),
  system: textOr(Text).nullish(),
  tools: z.array(Tool).max(limits.tools).nullish(),
  tool_choice: ToolChoice.nullish(),
  thinking: Thinking.nullish(),
};

/** What `POST /v1/messages/count_tokens` takes. */
export const CountTokensRequest = z.looseObject(counted);

/** What `POST /v1/messages` takes. Fields that are not named here are passed to providers that speak this protocol. */
export const MessagesRequest = z.looseObject({
  ...counted,
  max_tokens: z.int().min(1),
  stream: z.boolean().nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(0).nullish(),
  stop_sequences: z.array(z.string()).max(limits.stops).nullish(),
  metadata: z.looseObject({ user_id: z.string().max(512).nullish() }).nullish(),
  output_config: z.looseObject({ effort: z.string().max(20).nullish(), format: Format.nullish() }).nullish(),
  output_format: Format.nullish(),
});

export type MessagesRequest = z.infer<typeof MessagesRequest>;
export type AnthropicMessage = z.infer<typeof Message>;
export type UserBlock = z.infer<typeof UserBlock>;
export type AssistantBlock = z.infer<typeof AssistantBlock>;
