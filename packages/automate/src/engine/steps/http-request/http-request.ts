import { z } from 'zod';
import type { Json } from '../../../kernel/index.ts';
import { AnyJson } from '../../schemas.ts';
import { defineStep } from '../define-step.ts';

const MAXIMUM_BYTES = 1_048_576;
const Texts = z.record(z.string().min(1).max(200), z.string().max(8_192));
const Config = z
  .strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']).default('GET'),
    url: z
      .string()
      .min(1)
      .max(8_192)
      .describe('Liquid template; http or https, public addresses only unless the operator allowed the host'),
    headers: Texts.optional(),
    query: z.record(z.string().min(1).max(200), z.union([z.string().max(8_192), z.number(), z.boolean()])).optional(),
    json: AnyJson.optional().describe('Body to send as JSON'),
    body: z.string().max(MAXIMUM_BYTES).optional().describe('Body to send as text'),
    timeout_seconds: z.number().min(0.1).max(300).default(30),
    large_numbers: z
      .enum(['refuse', 'text'])
      .default('refuse')
      .describe('What a number in a JSON reply does that cannot be kept exactly: fails the step, or is handed on as a text'),
  })
  .refine((config) => config.json === undefined || config.body === undefined, {
    path: ['body'],
    message: 'cannot be combined with "json"',
  });

/**
 * Calls another service. 408, 429 and 5xx replies are tried again; every other reply is the output, but where it undoes a step: there
 * any other 4xx fails at once.
 */
export const httpRequest = defineStep({
  type: 'http.request',
  description: 'Sends an HTTP request to a public address.',
  config: Config,
  fields: {
    url: 'secret-url',
    headers: 'secret-header',
    query: 'secret-template',
    json: 'secret-template',
    body: 'secret-text',
  },
  effects: 'http',
  inputKind: 'rendered',
  input: ({ large_numbers: _, ...request }) => ({ ...request, headers: request.headers ?? {} }),
  async run(input, { http, idempotencyKey, isUndoing }, { large_numbers: largeNumbers }) {
    const { method, url, headers, query, json, body, timeout_seconds } = input;
    const reply = await http.request(method, url, {
      headers,
      query,
      json,
      body,
      timeoutMs: timeout_seconds * 1_000,
      largeNumbers,
      failOn: isUndoing ? 'errors' : 'temporary',
      idempotencyKey,
    });
    return { output: { status: reply.status, headers: { ...reply.headers } as Json, body: reply.body } };
  },
});
