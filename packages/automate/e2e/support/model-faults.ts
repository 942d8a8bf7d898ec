import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type ChatBody, completionOf, eventsOf, json } from './model-answers.ts';

const error = (message: string, code: string | null, type = 'server_error') => ({ error: { message, type, param: null, code } });

/**
 * The faults of vendors that a gateway is measured by (after failoverbench's catalogue of 16), each under the name of a model.
 * @param tries how often this model was asked by now, this time included
 * @returns whether the answer was given here
 */
export async function breakAs(body: ChatBody, response: ServerResponse, tries: number): Promise<boolean> {
  const fault = body.model.slice('fault-'.length).replace(/-\d+$/, '');
  const events = eventsOf(body);
  const begin = () => response.writeHead(200, { 'content-type': 'text/event-stream' });
  switch (fault) {
    case 'server-error':
      json(response, error('Internal server error', null), 500);
      return true;
    case 'flap':
      if (tries % 2 === 0) return false;
      json(response, error('Bad gateway', null), 502);
      return true;
    case 'retry-after':
      if (tries > 1) return false;
      json(response, error('Rate limit reached', 'rate_limit_exceeded', 'requests'), 429, { 'retry-after': '1' });
      return true;
    case 'rate-limited':
      json(response, error('Rate limit reached', 'rate_limit_exceeded', 'requests'), 429, { 'retry-after': '600' });
      return true;
    case 'quota':
      json(response, error('You exceeded your current quota', 'insufficient_quota', 'insufficient_quota'), 429);
      return true;
    case 'auth':
      json(response, error('Incorrect API key provided: sk-wr****ong1.', 'invalid_api_key', 'invalid_request_error'), 401);
      return true;
    case 'context-length':
      json(
        response,
        error("This model's maximum context length is 8192 tokens.", 'context_length_exceeded', 'invalid_request_error'),
        400,
      );
      return true;
    case 'bad-request':
      json(response, error('Unsupported parameter.', 'unsupported_parameter', 'invalid_request_error'), 400);
      return true;
    case 'reset':
      response.socket?.resetAndDestroy();
      return true;
    case 'reset-midway':
      begin();
      response.write(events.slice(0, 5).join(''));
      await wait(30);
      response.socket?.resetAndDestroy();
      return true;
    case 'stall':
      await wait(20_000, undefined, { ref: false });
      response.destroy();
      return true;
    case 'stall-midway':
      begin();
      response.write(events.slice(0, 5).join(''));
      await wait(20_000, undefined, { ref: false });
      response.destroy();
      return true;
    case 'cut':
      begin();
      response.end(events.slice(0, 5).join(''));
      return true;
    case 'no-done':
      begin();
      response.end(events.slice(0, -1).join(''));
      return true;
    case 'malformed-chunk':
      begin();
      response.write(events.slice(0, 3).join(''));
      response.end('data: {"choices": [{"delta": {"content": "br\n\ndata: [DONE]\n\n');
      return true;
    case 'malformed-body':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"id": "chatcmpl-1", "choices": [');
      return true;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html><body>Maintenance</body></html>');
      return true;
    case 'error-event':
      begin();
      response.end(`${events.slice(0, 4).join('')}data: ${JSON.stringify(error('The server is overloaded', 'overloaded'))}\n\n`);
      return true;
    case 'first-error-event':
      begin();
      response.end(`data: ${JSON.stringify(error('The server is overloaded', 'overloaded'))}\n\n`);
      return true;
    case 'empty':
      begin();
      response.end();
      return true;
    case 'redirect':
      response.writeHead(307, { location: 'http://127.0.0.1:1/v1/chat/completions' });
      response.end();
      return true;
    case 'cut-body': {
      const text = JSON.stringify(completionOf(body));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
      response.write(text.slice(0, 40));
      await wait(20);
      response.socket?.resetAndDestroy();
      return true;
    }
    default:
      return false;
  }
}
