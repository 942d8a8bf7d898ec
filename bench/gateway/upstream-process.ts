// The vendor: a fixed answer at once; a stream of fifty pieces, ten milliseconds apart.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveRemote } from '../harness/remote.ts';

const PIECES = 50;
const GAP_MS = 10;
const usage = { prompt_tokens: 20, completion_tokens: 50, total_tokens: 70 };
const facts = { id: 'chatcmpl-bench', created: 1_700_000_000, model: 'bench' };
const message = { role: 'assistant', content: 'Hello from the vendor of the benchmark. '.repeat(8), refusal: null };
const answer = Buffer.from(
  JSON.stringify({
    ...facts,
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage,
  }),
);
const piece = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ ...facts, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const pieces = [
  piece({ role: 'assistant', content: '' }),
  ...Array.from({ length: PIECES }, (_, index) => piece({ content: `piece${index} ` })),
  piece({}, 'stop'),
  `data: ${JSON.stringify({ ...facts, object: 'chat.completion.chunk', choices: [], usage })}\n\n`,
  'data: [DONE]\n\n',
];

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.socket?.setNoDelay(true);
  let index = 0;
  const next = () => {
    response.write(pieces[index]);
    index += 1;
    if (index < pieces.length) setTimeout(next, GAP_MS);
    else response.end();
  };
  next();
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (Buffer.concat(chunks).includes('"stream":true')) return stream(response);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
    response.end(answer);
  });
});
server.keepAliveTimeout = 60_000;
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
serveRemote({ url: async () => `http://127.0.0.1:${port}/v1` }, async () => void server.close());
