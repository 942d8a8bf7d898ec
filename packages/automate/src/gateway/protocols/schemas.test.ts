import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { toInputIssues } from '../../api/index.ts';
import { commonErrors, invalidInput } from '../../kernel/index.ts';
import { toAnthropicError } from './anthropic-messages/errors.ts';
import { CountTokensRequest, MessagesRequest } from './anthropic-messages/schemas.ts';
import { failureOf, memberName } from './failure.ts';
import { toOpenaiError } from './openai-chat/errors.ts';
import { ChatCompletionRequest } from './openai-chat/schemas.ts';
import { toEmbeddings } from './openai-embeddings/response.ts';
import { EmbeddingsRequest } from './openai-embeddings/schemas.ts';
import { ResponsesRequest } from './openai-responses/schemas.ts';

const user = (content: unknown) => ({ messages: [{ role: 'user', content }] });
const deep = () => {
  let value: object = {};
  for (let level = 0; level < 60; level += 1) value = { a: value };
  return value;
};

function issues(schema: z.ZodType, request: object) {
  const { error } = schema.safeParse({ model: 'm', ...request });
  return error && toInputIssues(error).map(({ pointer, message }) => [pointer.slice(1).replaceAll('/', '.'), message]);
}

describe('a chat request', () => {
  it.each([
    [user('Hi'), undefined],
    [{ ...user('Hi'), logit_bias: { 5: 1 }, chat_template_kwargs: { a: 1 } }, undefined],
    [user([{ type: 'video_url', video_url: { url: 'x' } }]), undefined],
    [{}, [['messages', 'is required']]],
    [{ messages: [] }, [['messages', expect.stringContaining('>=1')]]],
    [{ messages: [{ content: 'Hi' }] }, [['messages.0.role', 'must be one of: system, developer, user, assistant, tool']]],
    [user(5), [['messages.0.content', 'must be a text or a list of parts']]],
    [user([{ type: 'text' }]), [['messages.0.content.0.text', 'is required']]],
    [user([{ text: 'Hi' }]), [['messages.0.content.0.type', 'must be one of: text, image_url, input_audio, file']]],
    [
      user([{ type: 'image_url', image_url: { url: 'ftp://x' } }]),
      [['messages.0.content.0.image_url.url', 'must be an http or https address, or a data: URL in base64']],
    ],
    [
      user([{ type: 'image_url', image_url: { url: 'http://' } }]),
      [['messages.0.content.0.image_url.url', expect.stringContaining('http or https')]],
    ],
    [{ ...user('Hi'), temperature: 3 }, [['temperature', expect.stringContaining('<=2')]]],
    [{ ...user('Hi'), stop: Array(17).fill('a') }, [['stop', expect.anything()]]],
    [
      { ...user('Hi'), tools: Array(513).fill({ type: 'function', function: { name: 'a' } }) },
      [['tools', expect.stringContaining('<=512')]],
    ],
    [
      { ...user('Hi'), tools: [{ type: 'function', function: { name: 'a', parameters: deep() } }] },
      [['tools.0.function.parameters', 'is nested deeper than 48 levels']],
    ],
    [{ ...user('Hi'), tool_choice: 'maybe' }, [['tool_choice', expect.stringContaining('"none"|"auto"|"required"')]]],
    [{ messages: [{ role: 'tool', content: 'a' }] }, [['messages.0.tool_call_id', 'is required']]],
  ])('%# names what is wrong', (request, expected) => {
    expect(issues(ChatCompletionRequest, request)).toEqual(expected);
  });

  it('keeps what it does not know', () => {
    const request = { model: 'm', ...user([{ type: 'text', text: 'Hi', vendor: 1 }]), vendor: { a: 1 } };
    expect(ChatCompletionRequest.parse(request)).toEqual(request);
  });
});

describe('other requests', () => {
  it.each([
    [MessagesRequest, user('Hi'), [['max_tokens', 'is required']]],
    [CountTokensRequest, user('Hi'), undefined],
    [
      MessagesRequest,
      { max_tokens: 1, messages: [{ role: 'tool', content: 'a' }] },
      [['messages.0.role', 'must be one of: user, assistant, system']],
    ],
    [MessagesRequest, { max_tokens: 1, ...user('Hi'), tools: [{ name: 'a' }] }, [['tools.0.input_schema', 'is required']]],
    [MessagesRequest, { max_tokens: 1, ...user('Hi'), tools: [{ type: 'bash_20250124', name: 'bash' }] }, undefined],
    [
      MessagesRequest,
      { max_tokens: 1, ...user('Hi'), thinking: { type: 'enabled' } },
      [['thinking.budget_tokens', 'is required']],
    ],
    [ResponsesRequest, { input: 'Hi' }, undefined],
    [ResponsesRequest, { input: 5 }, [['input', 'must be a text or a list of items']]],
    [ResponsesRequest, { input: [{ role: 'user', content: 'a' }] }, undefined],
    [
      ResponsesRequest,
      { input: [{ role: 'tool', content: 'a' }] },
      [['input.0.role', expect.stringContaining('"user"|"assistant"')]],
    ],
    [ResponsesRequest, { input: [{ type: 'function_call', name: 'a', arguments: '{}' }] }, [['input.0.call_id', 'is required']]],
    [EmbeddingsRequest, { input: ['a', 'b'], encoding_format: 'base64' }, undefined],
    [EmbeddingsRequest, { input: [1, 2] }, undefined],
    [EmbeddingsRequest, { input: [[1], [2, 3]] }, undefined],
    [EmbeddingsRequest, { input: '' }, [['input', expect.anything()]]],
    [EmbeddingsRequest, { input: Array(2049).fill('a') }, [['input', expect.stringContaining('1 to 2048')]]],
  ])('%# name what is wrong', (schema, request, expected) => {
    expect(issues(schema, request)).toEqual(expected);
  });
});

describe('errors', () => {
  const wrong = failureOf(invalidInput([{ pointer: '/messages/0/content', code: 'x', message: 'must be a text' }]));

  it('name a member as programmers do', () => {
    expect(memberName('/messages/0/content/1/image_url')).toBe('messages[0].content[1].image_url');
    expect(memberName('')).toBe('');
  });

  it('have the shape of OpenAI', () => {
    expect(toOpenaiError(wrong)).toEqual({
      error: {
        message: expect.stringContaining('must be a text'),
        type: 'invalid_request_error',
        param: 'messages[0].content',
        code: 'invalid_input',
      },
    });
    expect(toOpenaiError(failureOf(commonErrors.unauthenticated())).error).toMatchObject({
      type: 'authentication_error',
      code: 'invalid_api_key',
      param: null,
    });
  });

  it('have the shape of Anthropic', () => {
    expect(toAnthropicError(wrong, 'req_1')).toEqual({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringContaining('must be a text') },
      request_id: 'req_1',
    });
  });

  it.each([
    [400, 'invalid_request_error', 'invalid_request_error'],
    [401, 'authentication_error', 'authentication_error'],
    [402, 'insufficient_quota', 'billing_error'],
    [403, 'permission_error', 'permission_error'],
    [404, 'not_found_error', 'not_found_error'],
    [413, 'invalid_request_error', 'request_too_large'],
    [429, 'rate_limit_error', 'rate_limit_error'],
    [500, 'server_error', 'api_error'],
    [503, 'server_error', 'overloaded_error'],
  ])('of status %d are %s and %s', (status, openai, anthropic) => {
    const failure = { status, code: 'x', message: 'm' };
    expect(toOpenaiError(failure).error.type).toBe(openai);
    expect(toAnthropicError(failure).error.type).toBe(anthropic);
  });

  it('that are none of ours say nothing', () => {
    expect(JSON.stringify(toOpenaiError(failureOf(new Error('password=1'))))).not.toContain('password');
  });
});

describe('embeddings', () => {
  it('are floats, or the bytes of them', () => {
    const usage = { input: 3, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };
    const vectors = [[0.5, -1]];
    expect(toEmbeddings(vectors, { model: 'm', format: 'float', usage })).toEqual({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [0.5, -1] }],
      model: 'm',
      usage: { prompt_tokens: 3, total_tokens: 3 },
    });
    const [vector] = toEmbeddings(vectors, { model: 'm', format: 'base64', usage }).data;
    const bytes = Buffer.from(String(vector?.embedding), 'base64');
    expect([bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([0.5, -1]);
  });
});
