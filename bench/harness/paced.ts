import { Agent, request } from 'node:http';

export interface PacedLoad {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  body(number: number): string;
  readonly perSecond: number;
  readonly seconds: number;
}

/**
 * Posts at a steady rate, whether or not earlier requests were answered, and returns the milliseconds each one took. The
 * clock of a request starts when it was due, so a server that stalls cannot hide it by slowing the client down.
 */
export async function post({ url, headers, body, perSecond, seconds }: PacedLoad): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const began = performance.now();
  const total = perSecond * seconds;
  const pending: Promise<number>[] = [];
  for (let number = 0; number < total; number += 1) {
    const dueAt = began + (number * 1_000) / perSecond;
    const wait = dueAt - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    // A timer fires up to a millisecond late; that is this client's doing.
    const startedAt = Math.max(dueAt, performance.now() - 2);
    pending.push(send({ url, headers, agent, body: body(number) }).then(() => performance.now() - startedAt));
  }
  const latencies = await Promise.all(pending);
  agent.destroy();
  return latencies;
}

function send(options: { url: string; headers: Readonly<Record<string, string>>; agent: Agent; body: string }): Promise<void> {
  const { url, headers, agent, body } = options;
  return new Promise((resolve, reject) => {
    const length = Buffer.byteLength(body);
    const call = request(url, { method: 'POST', agent, headers: { ...headers, 'content-length': length } }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 202) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}
