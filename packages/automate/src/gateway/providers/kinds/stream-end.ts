import { TruncatedStreamError } from './transport-fault.ts';

/** How a vendor's stream says that the answer is whole. */
export interface StreamEnd {
  /** Stands in the data of such an event; it is looked for first, so that few events are parsed. */
  readonly hint: RegExp;
  isEnd(event: unknown): boolean;
}

/**
 * `fetch` whose streams of events fail with `TruncatedStreamError` when they end before the vendor said that the answer is whole.
 * It stands below the library that reads the stream, since that would make a call of a tool, or an end, of what there is.
 */
export function withStreamEnd(fetch: typeof globalThis.fetch, end: StreamEnd): typeof globalThis.fetch {
  return withEnd(fetch, 'text/event-stream', () => eventsEnd(end));
}

/** Notices the end of an answer in its bytes. */
export interface EndWatch {
  see(bytes: Uint8Array): void;
  isWhole(): boolean;
}

export function withEnd(fetch: typeof globalThis.fetch, contentType: string, watch: () => EndWatch): typeof globalThis.fetch {
  return async (input, init) => {
    const reply = await fetch(input, init);
    const isWatched = reply.ok && reply.body !== null && reply.headers.get('content-type')?.startsWith(contentType);
    return isWatched ? new Response(checked(reply.body, watch()), reply) : reply;
  };
}

function checked(body: ReadableStream<Uint8Array>, watch: EndWatch): ReadableStream<Uint8Array> {
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        watch.see(bytes);
        controller.enqueue(bytes);
      },
      flush() {
        if (!watch.isWhole()) throw new TruncatedStreamError();
      },
    }),
  );
}

/** Longer than any event that ends an answer, a picture in it included; what is longer is dropped. */
const LONGEST_LINE = 33_554_432;

function eventsEnd({ hint, isEnd }: StreamEnd): EndWatch {
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  let length = 0;
  let isSeen = false;
  let isWhole = false;
  function seeLine(line: string): void {
    // An event counts when its empty line came: before that no reader was given it.
    if (line === '') isWhole ||= isSeen;
    else if (!isSeen && line.startsWith('data:') && hint.test(line)) isSeen = isEnd(parsed(line.slice('data:'.length)));
  }
  return {
    see(bytes) {
      if (isWhole) return;
      const text = decoder.decode(bytes, { stream: true });
      length += text.length;
      if (length <= LONGEST_LINE) pieces.push(text);
      // A long line is put together once, when its end came.
      if (!/[\r\n]/.test(text) && !pieces.at(-2)?.endsWith('\r')) return;
      const lines = pieces.join('').split(/\r\n|\n|\r(?!$)/);
      pieces = [lines.pop() ?? ''];
      length = pieces[0]?.length ?? 0;
      for (const line of lines) seeLine(line);
    },
    isWhole: () => isWhole,
  };
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return data.trim();
  }
}
