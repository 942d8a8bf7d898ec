import type { Failure } from '../protocols/failure.ts';
import { toOpenaiError } from '../protocols/openai-chat/errors.ts';
import type { Outcome } from '../protocols/outcome.ts';
import { dataEvent } from '../protocols/sse.ts';
import { fromOpenaiChat } from '../usage/from-openai.ts';
import type { Usage } from '../usage/usage.ts';
import type { Relayed } from './relay-stream.ts';

const LONGEST_EVENT = 8 * 1_048_576;
/** What is looked into; all else passes unread. */
const TELLING = ['"usage"', '"error"', '[DONE]', '"finish_reason":"', '"finish_reason": "'];
const CLOSING_BRACE = 0x7d;

/**
 * Watches a stream of `chat.completion.chunk`s as bytes. Only whole events go on, and only those that may tell something are parsed.
 * @param showsUsage whether the client asked for the usage that is asked for in any case
 * @param tell what a client is told of a stream that broke
 */
export function openaiRelay(showsUsage: boolean, tell: (error: unknown) => Failure): Relayed {
  let rest: Buffer | undefined;
  let usage: Usage | undefined;
  let finishReason: string | undefined;
  let isDone = false;
  let error: Outcome['error'];

  /** @returns whether the event goes on */
  function look(event: string): boolean {
    const data = dataOf(event);
    if (data === undefined) return true;
    if (data === '[DONE]') {
      isDone = true;
      // Whoever was told of an error is not told that all is well.
      return error === undefined;
    }
    const chunk = parse(data);
    if (chunk === undefined) {
      error ??= { code: 'malformed', message: 'A piece of the stream is not JSON.' };
      return false;
    }
    if (chunk.error) error ??= { code: 'upstream_error', message: messageOf(chunk.error) };
    if (chunk.usage) usage = fromOpenaiChat(chunk.usage);
    const reason = chunk.choices?.[0]?.finish_reason;
    if (typeof reason === 'string') finishReason = reason;
    return !chunk.error && (showsUsage || !chunk.usage || (chunk.choices?.length ?? 0) > 0);
  }

  return {
    push(piece) {
      const bytes = rest ? Buffer.concat([rest, piece]) : piece;
      const end = endOfEvents(bytes);
      rest = end === bytes.length ? undefined : bytes.subarray(end);
      if (rest && rest.length > LONGEST_EVENT) {
        error ??= { code: 'malformed', message: 'A piece of the stream is too long.' };
        rest = undefined;
      }
      if (end === 0) return undefined;
      const whole = bytes.subarray(0, end);
      if (!TELLING.some((word) => whole.includes(word)) && endWell(whole)) return whole;
      const events = whole.toString('utf8').split(/(?<=\r?\n\r?\n)/);
      return events.filter(look).join('');
    },
    end() {
      if (rest) look(rest.toString('utf8'));
      rest = undefined;
      return {
        rest: '',
        outcome: {
          usage,
          finishReason: finishReason as Outcome['finishReason'],
          isComplete: isDone && error === undefined,
          ...(error && { error }),
        },
      };
    },
    fail: (cause) => dataEvent(JSON.stringify(toOpenaiError(tell(cause)))),
  };
}

interface Chunk {
  readonly choices?: readonly { readonly finish_reason?: unknown }[];
  readonly usage?: unknown;
  readonly error?: unknown;
}

function parse(data: string): Chunk | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The data of an event; undefined where it has none, as comments have. */
function dataOf(event: string): string | undefined {
  const lines = event.split(/\r?\n/).filter((line) => line.startsWith('data:'));
  return lines.length === 0 ? undefined : lines.map((line) => line.slice(line[5] === ' ' ? 6 : 5)).join('\n');
}

function endOfEvents(bytes: Buffer): number {
  const plain = bytes.lastIndexOf('\n\n');
  const other = bytes.lastIndexOf('\r\n\r\n');
  return Math.max(plain < 0 ? 0 : plain + 2, other < 0 ? 0 : other + 4);
}

/** Whether each event ends as JSON does: what was cut within is found without reading all. */
function endWell(whole: Buffer): boolean {
  for (let at = whole.indexOf('\n\n'); at >= 0; at = whole.indexOf('\n\n', at + 2))
    if (whole[at - 1] !== CLOSING_BRACE) return false;
  return true;
}

function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return typeof message === 'string' ? message.slice(0, 500) : 'An error without a message.';
}
