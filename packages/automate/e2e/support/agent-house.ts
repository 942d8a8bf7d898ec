import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

interface Message {
  readonly role: string;
  readonly content?: unknown;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
  readonly tool_call_id?: string;
}

export interface AgentRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly tools?: readonly { readonly function: { readonly name: string; readonly parameters: unknown } }[];
  readonly tool_choice?: string;
  readonly max_tokens?: number;
}

/** What a scripted model says in a turn: a text, or calls of tools; arguments that are a text are sent as they are. */
export type Said = string | readonly (readonly [name: string, given: unknown])[];

/** A vendor on loopback whose model is written by a test, turn by turn, and which counts how often each turn was asked for. */
export interface AgentVendor {
  readonly url: string;
  readonly host: string;
  readonly requests: AgentRequest[];
  /** By model and turn, from 0: how often it was asked for. */
  readonly counts: Map<string, number>;
  /** Says what is answered. @param turn how often the model has spoken in the conversation */
  script: (request: AgentRequest, turn: number) => Said | Promise<Said>;
  /** Milliseconds that an answer takes. */
  delayMs: number;
  close(): Promise<void>;
}

export const TURN_USAGE = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

export async function createAgentVendor(script: AgentVendor['script']): Promise<AgentVendor> {
  const requests: AgentRequest[] = [];
  const counts = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as AgentRequest;
    const turn = body.messages.filter(({ role }) => role === 'assistant').length;
    requests.push(body);
    const key = `${body.model} ${turn}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    await wait(vendor.delayMs);
    const said = await vendor.script(body, turn);
    if (response.destroyed) return;
    const message =
      typeof said === 'string'
        ? { content: said }
        : {
            content: null,
            tool_calls: said.map(([name, given], index) => ({
              id: `call_${turn}_${index}`,
              type: 'function',
              function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
            })),
          };
    const choice = {
      index: 0,
      message: { role: 'assistant', ...message },
      finish_reason: typeof said === 'string' ? 'stop' : 'tool_calls',
    };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: body.model, choices: [choice], usage: TURN_USAGE }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const vendor: AgentVendor = {
    url: `http://${host}/v1`,
    host,
    requests,
    counts,
    script,
    delayMs: 0,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return vendor;
}

/** What the tools have said in a conversation, the latest last. */
export function toolTexts({ messages }: AgentRequest): string[] {
  return messages.filter(({ role }) => role === 'tool').map(({ content }) => String(content));
}
