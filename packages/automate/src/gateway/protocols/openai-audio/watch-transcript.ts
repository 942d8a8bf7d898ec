import { StringDecoder } from 'node:string_decoder';
import { fromMedia } from '../../usage/from-media.ts';
import type { Outcome } from '../outcome.ts';

/** Watches a stream of a transcript on its way: it is complete when its text is done. */
export interface TranscriptWatcher {
  push(chunk: Buffer): Uint8Array;
  end(): { readonly rest: string; readonly outcome: Outcome };
}

const LONGEST_LINE = 4 * 1_048_576;

/** @param onUsage told of what was counted */
export function watchTranscript(onUsage: (usage: unknown) => void): TranscriptWatcher {
  const decoder = new StringDecoder('utf8');
  let open = '';
  let done: { readonly text?: unknown; readonly usage?: unknown } | undefined;
  let error: Outcome['error'];

  function read(line: string): void {
    if (!line.startsWith('data:') || !/transcript\.text\.done|"error"/.test(line)) return;
    try {
      const event = JSON.parse(line.slice(5));
      if (event?.type === 'transcript.text.done') {
        done = event;
        onUsage(event.usage);
      } else if (event?.error) error ??= { code: 'upstream_error', message: String(event.error.message ?? '').slice(0, 500) };
    } catch {
      // Goes on as it is: the client sees it too.
    }
  }

  return {
    push(chunk) {
      const lines = (open + decoder.write(chunk)).split(/\r?\n/);
      open = lines.pop() ?? '';
      if (open.length > LONGEST_LINE) open = '';
      for (const line of lines) read(line);
      return chunk;
    },
    end() {
      read(open);
      const text = typeof done?.text === 'string' ? done.text.slice(0, 65_536) : undefined;
      const usage = done ? fromMedia(done.usage).usage : undefined;
      return {
        rest: '',
        outcome: {
          usage,
          finishReason: undefined,
          isComplete: done !== undefined && error === undefined,
          ...(error && { error }),
          ...(text !== undefined && { text }),
        },
      };
    },
  };
}
