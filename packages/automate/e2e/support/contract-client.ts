import type { Reply, TestServer } from '../../src/testing/index.ts';
import type { Generator } from './generate.ts';
import { type Contract, contractOf, type Operation, type Parameter } from './openapi.ts';

export interface Sent {
  readonly query?: Readonly<Record<string, string>> | string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly method?: string;
}

/** Sends requests of the document's operations and holds every reply against the document and the rules of every route. */
export interface ContractClient {
  readonly contract: Contract;
  /** What was wrong so far, a line each. */
  readonly failures: string[];
  requests(): number;
  send<Body = unknown>(operation: Operation, sent?: Sent): Promise<Reply<Body>>;
  fail(operation: Operation, problem: string): void;
  /** A path of the operation that leads to something which exists. */
  pathOf(operation: Operation): Promise<string>;
  /** Ids, or other parameters, of what is in a collection. */
  keysOf(collection: string, parameter?: string): Promise<readonly string[]>;
  find(method: string, path: string): Operation | undefined;
}

/** Where the rows are listed that a path shows in another way. */
const SHOWN_FROM: Readonly<Record<string, string>> = {
  '/api/studio/explorer/': '/api/v1/executions/',
  '/api/modal/artifacts/': '/api/v1/artifacts/',
  '/api/modal/endpoints/': '/api/v1/endpoints/',
};

// What any route may answer before it is asked: the document says so with `default`.
const OF_THE_LAYER = [405, 413, 414, 415, 429, 431];

export async function createContractClient(server: TestServer): Promise<ContractClient> {
  const contract = await contractOf(server);
  const failures: string[] = [];
  let requests = 0;

  async function send<Body>(operation: Operation, sent: Sent = {}): Promise<Reply<Body>> {
    const method = sent.method ?? operation.method;
    const path = `${sent.path ?? (await client.pathOf(operation))}${toQuery(sent.query)}`;
    const headers: Record<string, string> = { authorization: `Bearer ${server.token}`, ...sent.headers };
    if (headers.authorization === '') delete headers.authorization;
    if (sent.body !== undefined && !(sent.body instanceof FormData)) headers['content-type'] ??= 'application/json';
    const body = isRaw(sent.body) ? sent.body : JSON.stringify(sent.body);
    requests += 1;
    const response = await fetch(new URL(path, server.url), { method, headers, ...(body !== undefined && { body }) });
    const type = response.headers.get('content-type') ?? '';
    const text = type.includes('event-stream') ? await firstPiece(response) : await response.text();
    // A file may be called JSON by whoever sent it.
    const isFile = response.ok && operation.responses[200]?.content?.['*/*'] !== undefined;
    const isJson = /json/.test(type) && !/ndjson/.test(type) && text !== '' && !isFile;
    const reply = { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    for (const problem of problemsOf(method, path, reply, operation))
      client.fail(operation, `${method} ${path.slice(0, 200)} ${problem}`);
    return reply as Reply<Body>;
  }

  function problemsOf(method: string, path: string, reply: Reply, operation: Operation): string[] {
    const problems: string[] = [];
    const { status, headers, body } = reply;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    if (status >= 500) problems.push(`answers ${status} ${text}`);
    if (method === operation.method) {
      if (!operation.responses[status] && !OF_THE_LAYER.includes(status))
        problems.push(`answers an undocumented ${status} ${text}`);
      try {
        // Of a part of the fields the schema says nothing.
        if (!/[?&]fields=/.test(path) || status >= 400) contract.check(method, path, reply);
      } catch (error) {
        problems.push((error as Error).message);
      }
    }
    if (!headers.get('x-trace-id')) problems.push('has no X-Trace-Id');
    if (status === 401 && !headers.get('www-authenticate')) problems.push('has no WWW-Authenticate');
    if (status >= 400 && method !== 'HEAD') {
      const problem = body as { status?: number; trace_id?: string; code?: string };
      if (!headers.get('content-type')?.includes('application/problem+json')) problems.push(`is no problem: ${text}`);
      if (problem.status !== status || problem.trace_id !== headers.get('x-trace-id') || !problem.code)
        problems.push(`is odd: ${text}`);
      if (/\n\s+at |node_modules|\.ts:\d+/.test(text)) problems.push(`tells of its inside: ${text}`);
    }
    return problems;
  }

  let job: string | undefined;
  /** They are in no list of their own. */
  async function anEndpointJob(): Promise<string> {
    if (job === undefined) {
      const [endpoint] = await client.keysOf('/api/v1/endpoints/');
      const asked = { input: { prompt: 'Hello' } };
      const { body } = await server.call<{ job_id?: string }>('POST', `/api/modal/endpoints/${endpoint}/job/`, asked);
      job = body.job_id;
    }
    return job ?? 'nothing';
  }

  const client: ContractClient = {
    contract,
    failures,
    requests: () => requests,
    send,
    fail: ({ operationId }, problem) => failures.push(`${operationId}: ${problem}`.slice(0, 600)),
    find: (method, path) => contract.operations.find((operation) => operation.method === method && operation.path === path),
    async keysOf(collection, parameter = 'id') {
      const list = client.find('GET', collection);
      if (!list) return [];
      requests += 1;
      const { body } = await server.call<Record<string, unknown>>('GET', collection);
      const rows = Object.values(body).find(Array.isArray) as Record<string, string>[] | undefined;
      return (rows ?? []).filter(isFree).map((row) => row[parameter] ?? row.id ?? '');
    },
    async pathOf({ path }) {
      const match = /^(.*?)\{(\w+)\}/.exec(path);
      if (!match) return path;
      const collection = match[1] ?? '';
      if (collection === '/api/modal/jobs/') return path.replace(/\{\w+\}/, await anEndpointJob());
      const [key] = await client.keysOf(SHOWN_FROM[collection] ?? collection, match[2]);
      return path.replace(/\{\w+\}/, encodeURIComponent(key ?? 'nothing'));
    },
  };
  return client;
}

/** What exists, for the path of a new object: makes one by the POST of its collection, if there is one. */
export async function createFor(client: ContractClient, generator: Generator, operation: Operation): Promise<string | undefined> {
  const collection = /^(.*?)\{/.exec(operation.path)?.[1] ?? '';
  const create = client.find('POST', collection);
  if (!create) return undefined;
  const file = { body: 'a file', headers: { 'content-type': 'text/plain' } };
  const sent = takesAnything(create) ? file : { body: bodyOf(generator, create, 'plain') };
  const { body } = await client.send<{ id?: string }>(create, sent);
  return body.id === undefined ? undefined : operation.path.replace(/\{\w+\}/, body.id);
}

export function jsonBody(operation: Operation) {
  return operation.requestBody?.content['application/json']?.schema;
}

/** Takes files rather than JSON values. */
export function takesFiles(operation: Operation): boolean {
  return operation.requestBody?.content['multipart/form-data'] !== undefined;
}

/** Takes a file of whatever type, and not those of a format alone. */
export function takesAnything(operation: Operation): boolean {
  return operation.requestBody?.content['*/*'] !== undefined;
}

export function bodyOf(generator: Generator, operation: Operation, style: 'plain' | 'bare' | 'wild'): unknown {
  const schema = jsonBody(operation);
  return schema && !takesFiles(operation) ? generator.valid(schema, style) : undefined;
}

export function parametersOf(operation: Operation, place: Parameter['in']): readonly Parameter[] {
  return operation.parameters.filter((parameter) => parameter.in === place);
}

export function requiredQuery(generator: Generator, operation: Operation): Record<string, string> {
  const required = parametersOf(operation, 'query').filter((parameter) => parameter.required);
  return Object.fromEntries(required.map(({ name, schema }) => [name, toText(generator.valid(schema, 'plain', name))]));
}

export function toText(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join(',') : String(value);
}

/** What has ended is still shown, but not changed; a tenant keeps its last owner; and the key that all is asked with must go on. */
function isFree(row: Readonly<Record<string, unknown>>): boolean {
  const isEnded = ['archived_at', 'revoked_at', 'disabled_at'].some((name) => (row[name] ?? null) !== null);
  return !isEnded && row.role !== 'owner' && row.name !== 'Bootstrap token';
}

function toQuery(query: Sent['query'] = {}): string {
  const text = typeof query === 'string' ? query : new URLSearchParams(query).toString();
  return text === '' ? '' : `?${text}`;
}

function isRaw(body: unknown): body is string | FormData | undefined {
  return body === undefined || typeof body === 'string' || body instanceof FormData;
}

/** Opens a stream, reads what comes first, and goes away. */
async function firstPiece(response: Response): Promise<string> {
  if (!response.body) return '';
  const reader = response.body.getReader();
  const { value } = await Promise.race([
    reader.read(),
    new Promise<{ value: undefined }>((resolve) => setTimeout(() => resolve({ value: undefined }), 500)),
  ]);
  await reader.cancel();
  return value ? new TextDecoder().decode(value) : ':';
}
