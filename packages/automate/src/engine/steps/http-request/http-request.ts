import { z } from 'zod';
import { isHostAllowed, type Outbound, type OutboundResponse } from '../../../governance/index.ts';
import { AppError, errorMessage, type Json, type JsonObject, toStorableJson, traceparentOf } from '../../../kernel/index.ts';
import { AnyJson } from '../../schemas.ts';
import { renderValue, validateTemplates } from '../../templates/templates.ts';
import { issuesAt } from '../issues.ts';
import { defineStep, type StepContext, StepError, type StepScope, type StepType } from '../step-type.ts';

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
  })
  .refine((config) => config.json === undefined || config.body === undefined, {
    path: ['body'],
    message: 'cannot be combined with "json"',
  });
type Input = z.output<typeof Config>;

/** Calls another service. 408, 429 and 5xx replies are tried again; every other reply is the output. */
export function httpRequest(outbound: Outbound): StepType {
  return defineStep<z.output<typeof Config>>({
    type: 'http.request',
    description: 'Sends an HTTP request to a public address.',
    config: Config,
    compile(config) {
      issuesAt('', validateTemplates(config as Json));
      if (!/\{[{%]/.test(config.url)) checkUrl(outbound, config.url);
      return {
        input: (scope) => ({
          ...(renderValue({ ...config, url: '', headers: {} } as Json, scope) as JsonObject),
          url: renderUrl(config.url, scope),
          headers: renderValue(config.headers ?? {}, scope, { mode: 'header' }),
        }),
        async run(input, context) {
          const request = input as unknown as Input;
          const response = await send(outbound, request, context);
          const isTemporary = response.status === 408 || response.status === 429 || response.status >= 500;
          if (isTemporary) {
            throw new StepError({
              code: 'http_status',
              detail: `${request.method} ${new URL(response.url).host} replied with status ${response.status}`,
              isRetryable: true,
              retryAfterMs: retryAfterMs(response.headers['retry-after']),
            });
          }
          return { output: { status: response.status, headers: { ...response.headers } as Json, body: readBody(response) } };
        },
      };
    },
  }) as StepType;
}

/** How long the other side wants to be left alone (RFC 9110, 10.2.3): seconds, or a date. */
function retryAfterMs(header: string | readonly string[] | undefined): number | undefined {
  const text = String(header ?? '');
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return wait > 0 ? wait : undefined;
}

async function send(
  outbound: Outbound,
  request: Input,
  context: Pick<StepContext, 'signal' | 'traceId' | 'idempotencyKey' | 'tenantId' | 'secretHosts'>,
): Promise<OutboundResponse> {
  const url = parseUrl(request.url);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, String(value));
  const traceparent = traceparentOf(context.traceId);
  const headers: Record<string, string> = {
    'user-agent': 'automate',
    'idempotency-key': context.idempotencyKey,
    'x-trace-id': context.traceId,
    // A call of our own API knows by it how far it stands from the outside.
    'x-causation-id': context.idempotencyKey.split(':', 1)[0] as string,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(request.json === undefined ? {} : { 'content-type': 'application/json' }),
    ...Object.fromEntries(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
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
    if (!AppError.is(error) || error instanceof StepError) throw error;
    const isRetryable = RETRYABLE.has(error.code);
    throw new StepError({ code: error.code, detail: error.message, isRetryable, cause: error });
  }
}

/**
 * Values become parts of a path or query and stay there: `/users/{{ id }}` cannot leave its segment. A URL that starts with a
 * value is taken as it is; where it may lead is the guarded client's matter.
 */
function renderUrl(url: string, scope: StepScope): Json {
  return renderValue(url, scope, { mode: url.startsWith('{{') ? 'text' : 'url' });
}

function readBody(response: OutboundResponse): Json {
  const text = response.body.toString('utf8');
  if (/^application\/([\w.-]+\+)?json\b/i.test(String(response.headers['content-type'] ?? ''))) {
    try {
      return toStorableJson(JSON.parse(text));
    } catch {
      // Announced as JSON but is not: hand on the text.
    }
  }
  return toStorableJson(text);
}

function parseUrl(text: unknown): URL {
  if (typeof text === 'string' && URL.canParse(text)) return new URL(text);
  throw new StepError({
    code: 'invalid_url',
    detail: 'The URL did not come out as an absolute http or https URL.',
    isRetryable: false,
  });
}

/** A secret goes to its own hosts and nowhere else, redirects included. */
function requireSecretHost(url: URL, hosts: StepContext['secretHosts']): void {
  if (hosts.every((allowed) => isHostAllowed(url, allowed))) return;
  throw new StepError({
    code: 'secret_host_refused',
    detail: `A secret of this step may not be sent to ${url.host}: add the host to the secret's hosts.`,
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
