import { z } from 'zod';
import { AppError, errorMessage, type Json, type JsonObject, traceparentOf } from '../../../kernel/index.ts';
import { isHostAllowed, type Outbound, type OutboundResponse } from '../../../outbound/index.ts';
import { AnyJson } from '../../schemas.ts';
import { hasSecretHost } from '../../templates/secret-uses.ts';
import { renderValue, validateTemplates } from '../../templates/templates.ts';
import { issuesAt } from '../issues.ts';
import { defineStep, type StepContext, StepError, type StepScope, type StepType } from '../step-type.ts';
import { readBody } from './reply-body.ts';

const MAXIMUM_BYTES = 1_048_576;
const RETRYABLE = new Set(['outbound_timeout', 'outbound_failed', 'outbound_rate_limited', 'outbound_circuit_open']);
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
type Input = z.output<typeof Config>;

/**
 * Calls another service. 408, 429 and 5xx replies are tried again; every other reply is the output, but where it undoes a step: there
 * any other 4xx fails at once.
 */
export function httpRequest(outbound: Outbound): StepType {
  return defineStep<z.output<typeof Config>>({
    type: 'http.request',
    description: 'Sends an HTTP request to a public address.',
    inputKind: 'rendered',
    config: Config,
    secretFields: ['url', 'headers', 'query', 'json', 'body'],
    compile(config, { isUndoing } = { isUndoing: false }) {
      issuesAt('', validateTemplates(config as Json));
      if (!/\{[{%]/.test(config.url)) checkUrl(outbound, config.url);
      if (hasSecretHost(config.url)) issuesAt('/url', { pointer: '', code: 'secret_refused', message: SECRET_HOST });
      const { large_numbers: largeNumbers, ...request } = config;
      return {
        input: (scope) => ({
          ...(renderValue({ ...request, url: '', headers: {} } as Json, scope) as JsonObject),
          url: renderUrl(config.url, scope),
          headers: renderValue(config.headers ?? {}, scope, { mode: 'header' }),
        }),
        async run(input, context) {
          const request = input as unknown as Input;
          const response = await send(outbound, request, context);
          const isTemporary = response.status === 408 || response.status === 429 || response.status >= 500;
          if (isTemporary || (isUndoing && response.status >= 400)) {
            throw new StepError({
              code: 'http_status',
              detail: `${request.method} ${new URL(response.url).host} replied with status ${response.status}`,
              isRetryable: isTemporary,
              retryAfterMs: retryAfterMs(response.headers['retry-after']),
            });
          }
          return {
            output: { status: response.status, headers: { ...response.headers } as Json, body: readBody(response, largeNumbers) },
          };
        },
      };
    },
  }) as StepType;
}

/** How long the other side wants to be left alone (RFC 9110, 10.2.3): seconds, or a date. */
function retryAfterMs(header: string | readonly string[] | undefined): number | undefined {
  const text = String(header ?? '');
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : / GMT$/.test(text) ? Date.parse(text) - Date.now() : 0;
  return wait > 0 ? wait : undefined;
}

async function send(
  outbound: Outbound,
  request: Input,
  context: Pick<StepContext, 'signal' | 'traceId' | 'idempotencyKey' | 'tenantId' | 'secretHosts'>,
): Promise<OutboundResponse> {
  const url = parseUrl(outbound, request.url);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, String(value));
  const traceparent = traceparentOf(context.traceId);
  const headers: Record<string, string> = {
    'user-agent': 'automate',
    'idempotency-key': context.idempotencyKey,
    'x-trace-id': context.traceId,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
    ...Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
    // By it a call of our own API tells how far it stands from the outside, so nobody says otherwise.
    'x-causation-id': context.idempotencyKey.split(':', 1)[0] as string,
  };
  const body = request.json === undefined ? request.body : JSON.stringify(request.json);
  try {
    return await outbound.request({
      method: request.method,
      url: url.href,
      headers,
      ...(body === undefined ? {} : { body }),
      timeoutMs: request.timeout_seconds * 1_000,
      maxBytes: MAXIMUM_BYTES,
      signal: context.signal,
      tenantId: context.tenantId,
      ...(context.secretHosts.length > 0 && { checkUrl: (target: URL) => requireSecretHost(target, context.secretHosts) }),
    });
  } catch (error) {
    throw failed(error);
  }
}

/**
 * Values become parts of a path or query and stay there: `/users/{{ id }}` cannot leave its segment. A URL that starts with a
 * value is taken as it is; where it may lead is the guarded client's matter.
 */
function renderUrl(url: string, scope: StepScope): Json {
  return renderValue(url, scope, { mode: url.startsWith('{{') ? 'text' : 'url' });
}

/** The text as it was written is read by the client's own, strict rules; any other parser would first make something else of it. */
function parseUrl(outbound: Outbound, text: unknown): URL {
  if (typeof text !== 'string' || !URL.canParse(text)) {
    const detail = 'The URL did not come out as an absolute http or https URL.';
    throw new StepError({ code: 'invalid_url', detail, isRetryable: false });
  }
  try {
    outbound.checkText(text);
  } catch (error) {
    throw failed(error);
  }
  return new URL(text);
}

function failed(error: unknown): unknown {
  if (!AppError.is(error) || error instanceof StepError) return error;
  return new StepError({ code: error.code, detail: error.message, isRetryable: RETRYABLE.has(error.code), cause: error });
}

const SECRET_HOST =
  'a secret stands behind the host, as in https://api.example.com/{{ secrets.NAME }}, or is the beginning of the URL: names of hosts are looked up and logged';

/** A secret goes to its own hosts and nowhere else, redirects included. */
function requireSecretHost(url: URL, hosts: StepContext['secretHosts']): void {
  if (hosts.every((allowed) => isHostAllowed(url, allowed))) return;
  throw new StepError({
    code: 'secret_host_refused',
    // The URL itself may be the secret, and where a redirect leads the other side decides: neither is told.
    detail:
      'A secret of this step may not be sent to the host that its URL, or a redirect, leads to: add it to the hosts of the secret.',
    isRetryable: false,
  });
}

/** What can be known when the graph is saved; names are looked up when the step runs. */
function checkUrl(outbound: Outbound, url: string): void {
  try {
    outbound.checkText(url);
  } catch (error) {
    issuesAt('/url', { pointer: '', code: 'invalid_url', message: errorMessage(error) });
  }
}
