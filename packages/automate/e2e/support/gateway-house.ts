import type { DatabaseKind } from '../../src/testing/index.ts';
import { createTestServer, type Reply, type TestServer } from '../../src/testing/index.ts';
import { eventually } from './executions.ts';
import { createModelServer, type ModelServer } from './model-server.ts';

/** A server with a vendor of models on loopback. */
export interface GatewayHouse {
  readonly server: TestServer;
  readonly vendor: ModelServer;
  /** Adds a provider of the vendor. */
  provider(slug: string, values?: object): Promise<void>;
  /** Publishes an endpoint; by default of one model of a provider of its own, so that circuits are apart. */
  endpoint(slug: string, model: string, values?: object): Promise<string>;
  chat(model: string, body?: object, headers?: Record<string, string>): Promise<Reply<ChatReply>>;
  /** The text of a stream as it came. */
  stream(model: string, body?: object): Promise<{ status: number; text: string }>;
  /** The calls of a model as the log has them, the newest first; waits until there are so many. */
  calls(model: string, count?: number): Promise<LoggedCall[]>;
  close(): Promise<void>;
}

export interface ChatReply {
  readonly choices: readonly {
    readonly message: { readonly content: string | null; readonly tool_calls?: readonly object[] };
    readonly finish_reason: string;
  }[];
  readonly usage: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly message: string;
    readonly type: string;
    readonly code: string | null;
    readonly param: string | null;
  };
}

export interface LoggedCall {
  readonly id: string;
  readonly status: string;
  readonly error_code: string | null;
  readonly provider: string | null;
  readonly attempts: readonly { readonly provider: string; readonly outcome: string }[];
  readonly input_tokens: number;
  readonly cache_read_tokens: number;
  readonly output_tokens: number;
  readonly reasoning_tokens: number;
  readonly cost_nanos: number | null;
  readonly is_streamed: boolean;
  readonly first_byte_ms: number | null;
  readonly trace_id: string;
}

export const hello = [{ role: 'user', content: 'Hello' }];

/** @param options.hosts that may be called besides the vendor */
export async function openGatewayHouse(
  kind: DatabaseKind,
  environment: Record<string, string> = {},
  { hosts = [], ...options }: Parameters<typeof createTestServer>[1] & { readonly hosts?: readonly string[] } = {},
): Promise<GatewayHouse> {
  const vendor = await createModelServer();
  const server = await createTestServer(kind, {
    ...options,
    environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: [vendor.host, ...hosts].join(','), ...environment },
  });
  const made = async (path: string, body: object): Promise<{ id: string }> => {
    const reply = await server.call<{ id: string }>('POST', path, body);
    if (reply.status !== 201) throw new Error(`${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  const provider = async (slug: string, values: object = {}): Promise<void> => {
    const config = { base_url: vendor.url };
    await made('/api/v1/providers/', { slug, kind: 'openai-compatible', config, api_key: 'sk-the-key-of-the-vendor', ...values });
  };
  const post = (path: string, body: object) =>
    fetch(new URL(path, server.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return {
    server,
    vendor,
    provider,
    async endpoint(slug, model, values = {}) {
      if (!('targets' in values)) await provider(`of-${slug}`);
      const { id } = await made('/api/v1/endpoints/', { slug, targets: [{ provider: `of-${slug}`, model }], ...values });
      return id;
    },
    chat: (model, body = {}, headers = {}) =>
      server.call('POST', '/v1/chat/completions', { model, messages: hello, ...body }, headers),
    async stream(model, body = {}) {
      const reply = await post('/v1/chat/completions', { model, messages: hello, stream: true, ...body });
      return { status: reply.status, text: await reply.text() };
    },
    calls: (model, count = 1) =>
      eventually(
        async () => (await server.call<{ results: LoggedCall[] }>('GET', `/api/v1/gateway/calls/?model=${model}`)).body.results,
        (calls) => calls.length >= count,
      ),
    async close() {
      await server.close();
      await vendor.close();
    },
  };
}

/** The data of the events of a stream, parsed where they are JSON. */
export function eventsOf(text: string): unknown[] {
  return text
    .split('\n\n')
    .map((event) =>
      event
        .split('\n')
        .find((line) => line.startsWith('data: '))
        ?.slice(6),
    )
    .filter((data) => data !== undefined)
    .map((data) => (data.startsWith('{') ? JSON.parse(data) : data));
}
