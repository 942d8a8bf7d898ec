import { describe, expect, it } from 'vitest';
import { toCallOptions as fromMessages } from './anthropic-messages/call-options.ts';
import { toMessage } from './anthropic-messages/message.ts';
import { MessagesRequest } from './anthropic-messages/schemas.ts';
import { toCallOptions as fromChat } from './openai-chat/call-options.ts';
import { toCompletion } from './openai-chat/completion.ts';
import { ChatCompletionRequest } from './openai-chat/schemas.ts';
import { toCallOptions as fromResponses, inputItems } from './openai-responses/call-options.ts';
import { toResponse } from './openai-responses/response.ts';
import { type ResponseItem, ResponsesRequest } from './openai-responses/schemas.ts';
import { conversationResult } from './test-support.ts';

const chat = (request: object) =>
  fromChat(ChatCompletionRequest.parse({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...request }));
const messages = (request: object) =>
  fromMessages(MessagesRequest.parse({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }], ...request }));
const responses = (request: object, earlier?: ResponseItem[]) =>
  fromResponses(ResponsesRequest.parse({ model: 'm', input: 'Hi', ...request }), earlier);

const pixel = 'iVBORw0KGgo=';
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tool = { name: 'weather', description: 'The weather', parameters };

describe('one conversation', () => {
  const expected = {
    prompt: [
      { role: 'system', content: 'Be short' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'file', mediaType: 'image/png', data: { type: 'data', data: pixel } },
          { type: 'file', mediaType: 'image', data: { type: 'url', url: new URL('https://example.com/a.png') } },
          { type: 'file', mediaType: 'application/pdf', data: { type: 'data', data: 'JVBERi0=' }, filename: 'a.pdf' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Let me see.' },
          { type: 'tool-call', toolCallId: 'call_1', toolName: 'weather', input: { city: 'Köln' } },
          { type: 'tool-call', toolCallId: 'call_2', toolName: 'weather', input: { city: 'Oslo' } },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'call_1', toolName: 'weather', output: { type: 'text', value: '20°' } },
          { type: 'tool-result', toolCallId: 'call_2', toolName: 'weather', output: { type: 'text', value: '5°' } },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'Which is warmer?' }] },
    ],
    maxOutputTokens: 500,
    temperature: 0.5,
    topP: 0.9,
    reasoning: 'low',
    tools: [{ type: 'function', name: 'weather', description: 'The weather', inputSchema: parameters }],
    toolChoice: { type: 'tool', toolName: 'weather' },
    providerOptions: {
      openai: { user: 'u1', parallelToolCalls: false },
      anthropic: { metadata: { userId: 'u1' }, disableParallelToolUse: true },
    },
  };

  it('is the same from a chat', () => {
    const options = chat({
      messages: [
        { role: 'system', content: 'Be short' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
          ],
        },
        {
          role: 'assistant',
          content: 'Let me see.',
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Köln"}' } },
            { id: 'call_2', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '20°' },
        { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: '5°' }] },
        { role: 'user', content: 'Which is warmer?' },
      ],
      max_completion_tokens: 500,
      max_tokens: 1,
      temperature: 0.5,
      top_p: 0.9,
      reasoning_effort: 'low',
      tools: [{ type: 'function', function: tool }],
      tool_choice: { type: 'function', function: { name: 'weather' } },
      parallel_tool_calls: false,
      user: 'u1',
    });
    expect(options).toEqual(expected);
  });

  it('is the same from messages', () => {
    const options = messages({
      system: 'Be short',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
            { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
            { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Let me see.' },
            { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Köln' } },
            { type: 'tool_use', id: 'call_2', name: 'weather', input: { city: 'Oslo' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'call_1', content: '20°' },
            { type: 'tool_result', tool_use_id: 'call_2', content: [{ type: 'text', text: '5°' }] },
            { type: 'text', text: 'Which is warmer?' },
          ],
        },
      ],
      max_tokens: 500,
      temperature: 0.5,
      top_p: 0.9,
      output_config: { effort: 'low' },
      tools: [{ name: 'weather', description: 'The weather', input_schema: parameters }],
      tool_choice: { type: 'tool', name: 'weather', disable_parallel_tool_use: true },
      metadata: { user_id: 'u1' },
    });
    expect(options).toEqual(expected);
  });

  const asResponses = {
    instructions: 'Be short',
    input: [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'What is this?' },
          { type: 'input_image', image_url: `data:image/png;base64,${pixel}` },
          { type: 'input_image', image_url: 'https://example.com/a.png' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
        ],
      },
      { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'Let me see.' }] },
      { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'weather', arguments: '{"city":"Köln"}' },
      { type: 'function_call', call_id: 'call_2', name: 'weather', arguments: '{"city":"Oslo"}' },
      { type: 'function_call_output', call_id: 'call_1', output: '20°' },
      { type: 'function_call_output', call_id: 'call_2', output: [{ type: 'input_text', text: '5°' }] },
      { role: 'user', content: 'Which is warmer?' },
    ],
    max_output_tokens: 500,
    temperature: 0.5,
    top_p: 0.9,
    reasoning: { effort: 'low' },
    tools: [{ type: 'function', ...tool }],
    tool_choice: { type: 'function', name: 'weather' },
    parallel_tool_calls: false,
    user: 'u1',
  };

  it('is the same from responses', () => {
    expect(responses(asResponses)).toEqual(expected);
  });

  it('is the same where a response goes on from an earlier one', () => {
    const earlier = ResponsesRequest.parse({ model: 'm', input: asResponses.input.slice(0, 4) });
    expect(responses({ ...asResponses, input: asResponses.input.slice(4) }, inputItems(earlier))).toEqual(expected);
  });
});

describe('an answer that is sent back', () => {
  const answer = conversationResult();
  const said = [
    { type: 'text', text: 'I will look.' },
    { type: 'tool-call', toolCallId: 'call_1', toolName: 'weather', input: { city: 'Köln' } },
    { type: 'tool-call', toolCallId: 'call_2', toolName: 'weather', input: { city: 'Oslo' } },
  ];
  const thought = { type: 'reasoning', text: 'Two cities.' };
  const signed = { ...thought, providerOptions: { anthropic: { signature: 'sig' } } };

  it('is what it was, in a chat', () => {
    const [choice] = toCompletion(answer, { id: 'a', model: 'm', created: 1 }).choices;
    expect(chat({ messages: [choice?.message] }).prompt).toEqual([{ role: 'assistant', content: [thought, ...said] }]);
  });

  it('is what it was, with its signature, in messages', () => {
    const { role, content } = toMessage(answer, { id: 'a', model: 'm' });
    expect(messages({ messages: [{ role, content }] }).prompt).toEqual([{ role: 'assistant', content: [signed, ...said] }]);
  });

  it('is what it was, with its signature, in responses', () => {
    const request = ResponsesRequest.parse({ model: 'm', input: 'Hi' });
    const { output } = toResponse(answer, { id: 'resp_a', model: 'm', createdAt: 1, request });
    expect(responses({ input: output }).prompt).toEqual([{ role: 'assistant', content: [signed, ...said] }]);
    const [reference] = output;
    const { prompt } = responses(
      { input: [{ type: 'item_reference', id: reference?.id }] },
      ResponsesRequest.parse({ model: 'm', input: output }).input as ResponseItem[],
    );
    expect(prompt).toHaveLength(1);
  });
});

describe('a format of the answer', () => {
  const schema = { type: 'object', properties: {} };
  it.each([
    [chat({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } }), { type: 'json', schema, name: 'x' }],
    [responses({ text: { format: { type: 'json_schema', name: 'x', schema } } }), { type: 'json', schema, name: 'x' }],
    [messages({ output_config: { format: { type: 'json_schema', schema } } }), { type: 'json', schema }],
    [messages({ output_format: { type: 'json_schema', schema } }), { type: 'json', schema }],
    [chat({ response_format: { type: 'json_object' } }), { type: 'json' }],
    [responses({ text: { format: { type: 'json_object' } } }), { type: 'json' }],
    [chat({ response_format: { type: 'text' } }), undefined],
  ])('%#', ({ responseFormat }, expected) => {
    expect(responseFormat).toEqual(expected);
  });
});

describe('small wishes', () => {
  it.each([
    [
      chat({ stop: 'END', seed: 7, presence_penalty: 1, frequency_penalty: -1 }),
      { stopSequences: ['END'], seed: 7, presencePenalty: 1, frequencyPenalty: -1 },
    ],
    [messages({ stop_sequences: ['a', 'b'], top_k: 5 }), { stopSequences: ['a', 'b'], topK: 5 }],
    [
      messages({ thinking: { type: 'enabled', budget_tokens: 4096 } }),
      { reasoning: 'medium', providerOptions: { anthropic: { thinking: { type: 'enabled', budgetTokens: 4096 } } } },
    ],
    [messages({ thinking: { type: 'disabled' } }), { reasoning: 'none' }],
    [
      chat({ temperature: null, stop: null, tools: null, tool_choice: 'auto' }),
      { prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] },
    ],
    [
      chat({ tools: [{ type: 'function', function: { name: 'now' } }], tool_choice: 'required' }),
      { toolChoice: { type: 'required' }, tools: [{ inputSchema: { type: 'object', properties: {} } }] },
    ],
    [
      messages({ tools: [{ name: 'now', input_schema: {} }], tool_choice: { type: 'any' } }),
      { toolChoice: { type: 'required' } },
    ],
  ])('%#', (options, expected) => {
    expect(options).toMatchObject(expected);
  });

  it('without tools there is no choice of one', () => {
    expect(chat({ tool_choice: 'required' })).not.toHaveProperty('toolChoice');
  });

  it('only the tools that are allowed are offered', () => {
    const tools = ['a', 'b'].map((name) => ({ type: 'function', function: { name } }));
    const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'b' } }] };
    const options = chat({ tools, tool_choice: { type: 'allowed_tools', allowed_tools: allowed } });
    expect(options).toMatchObject({ tools: [{ name: 'b' }], toolChoice: { type: 'required' } });
  });

  it('what may be cached is marked', () => {
    const cached = { cache_control: { type: 'ephemeral' } };
    const providerOptions = { anthropic: { cacheControl: { type: 'ephemeral' } } };
    const system = [{ type: 'text', text: 'Long', ...cached }];
    expect(messages({ system }).prompt[0]).toEqual({ role: 'system', content: 'Long', providerOptions });
    expect(chat({ messages: [{ role: 'system', content: system }] }).prompt[0]).toEqual({
      role: 'system',
      content: 'Long',
      providerOptions,
    });
  });

  it('results of tools may be errors, pictures, or large numbers', () => {
    const used = { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'x', input: {} }] };
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } };
    const result = (fields: object) =>
      messages({ messages: [used, { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', ...fields }] }] }).prompt[1];
    expect(result({ content: 'No', is_error: true })).toMatchObject({
      content: [{ output: { type: 'error-text', value: 'No' } }],
    });
    expect(result({ content: [image] })).toMatchObject({
      content: [{ output: { type: 'content', value: [{ mediaType: 'image/png' }] } }],
    });
    expect(result({})).toMatchObject({ content: [{ output: { type: 'text', value: '' } }] });
    const call = { id: 'a', type: 'function', function: { name: 'x', arguments: '{"id":7615917337495251231}' } };
    expect(chat({ messages: [{ role: 'assistant', tool_calls: [call] }] }).prompt[0]).toMatchObject({
      content: [{ input: { id: '7615917337495251231' } }],
    });
  });
});

describe('what cannot be said to a model of another protocol', () => {
  const answered = [{ role: 'tool', tool_call_id: 'x', content: 'a' }];
  it.each([
    [() => chat({ n: 2 }), '/n'],
    [() => chat({ modalities: ['text', 'audio'] }), '/modalities'],
    [() => chat({ functions: [{}] }), '/functions'],
    [() => chat({ reasoning_effort: 'much' }), '/reasoning_effort'],
    [() => chat({ messages: answered }), '/messages/0/tool_call_id'],
    [() => chat({ messages: [{ role: 'user', content: [{ type: 'video_url', video_url: {} }] }] }), '/messages/0/content/0/type'],
    [() => chat({ messages: [{ role: 'user', content: [{ type: 'file', file: {} }] }] }), '/messages/0/content/0/file'],
    [
      () => chat({ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png,x' } }] }] }),
      '/messages/0/content/0/image_url/url',
    ],
    [() => chat({ messages: [{ role: 'function', name: 'x', content: 'a' }] }), '/messages/0/role'],
    [() => chat({ tools: [{ type: 'custom', custom: {} }] }), '/tools/0/type'],
    [
      () =>
        chat({
          tools: [{ type: 'function', function: { name: 'a' } }],
          tool_choice: { type: 'function', function: { name: 'b' } },
        }),
      '/tool_choice/function/name',
    ],
    [() => messages({ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }), '/tools/0/type'],
    [() => messages({ messages: [{ role: 'user', content: [{ type: 'search_result' }] }] }), '/messages/0/content/0/type'],
    [
      () => messages({ messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x' }] }] }),
      '/messages/0/content/0/tool_use_id',
    ],
    [() => responses({ tools: [{ type: 'web_search' }] }), '/tools/0/type'],
    [() => responses({ input: [{ type: 'computer_call' }] }), '/input/0/type'],
    [() => responses({ input: [{ type: 'item_reference', id: 'x' }] }), '/input/0/id'],
    [() => responses({ input: [{ type: 'function_call_output', call_id: 'x', output: 'a' }] }), '/input/0/call_id'],
  ])('%# is refused where it stands', (run, pointer) => {
    expect(run).toThrow(expect.objectContaining({ status: 400, errors: [expect.objectContaining({ pointer })] }));
  });
});
