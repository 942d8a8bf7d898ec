import { Agent, request } from 'node:http';

export interface Way {
  /** Base URL, with `/v1`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Probe {
  /** Milliseconds to the first byte of the body. */
  readonly first: number;
  readonly total: number;
}

const messages = [{ role: 'user', content: 'Say hello to the benchmark.' }];
const BODY = JSON.stringify({ model: 'bench', messages });
const STREAM_BODY = JSON.stringify({ model: 'bench', stream: true, messages });

/** Asks so often, over so many connections. @throws when an answer is not 200: a fast refusal is no throughput */
export async function ask(way: Way, options: { amount: number; connections: number; isStreamed?: boolean }): Promise<Probe[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections });
  const body = options.isStreamed ? STREAM_BODY : BODY;
  const probes: Probe[] = [];
  let left = options.amount;
  await Promise.all(
    Array.from({ length: options.connections }, async () => {
      while (left > 0) {
        left -= 1;
        probes.push(await one(way, agent, body));
      }
    }),
  );
  agent.destroy();
  return probes;
}

function one({ url, headers }: Way, agent: Agent, body: string): Promise<Probe> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    let first = 0;
    const sent = { 'content-type': 'application/json', ...headers, 'content-length': Buffer.byteLength(body) };
    const call = request(`${url}/chat/completions`, { method: 'POST', agent, headers: sent }, (response) => {
      response.on('data', () => {
        if (first === 0) first = performance.now() - start;
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve({ first, total: performance.now() - start });
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    });
    call.setNoDelay(true);
    call.on('error', reject);
    call.end(body);
  });
}
