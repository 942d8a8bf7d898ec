/** A block of a stream, dispatched as HTML Living Standard 9.2.6 says. */
export interface ParsedEvent {
  /** The last id that the stream has given; '' before the first. */
  readonly id: string;
  /** Whether the block itself has an id. */
  readonly hasId: boolean;
  readonly event: string;
  readonly data: string;
}

export interface EventParser {
  /** Takes the next bytes and returns the events that they complete. What is incomplete when the stream ends is dropped. */
  push(bytes: Uint8Array): ParsedEvent[];
  /** What to send as `Last-Event-ID` to go on behind the last complete block; '' before the first id. */
  readonly lastEventId: string;
  /** Milliseconds of the last `retry` field. */
  readonly retryMs: number | undefined;
}

/**
 * An incremental parser of server-sent events.
 * @example
 * for (const { event, data } of parser.push(chunk)) console.log(event, data);
 */
export function createEventParser(lastEventId = ''): EventParser {
  // Takes care of characters split over chunks and of the byte order mark.
  const decoder = new TextDecoder();
  let rest: string[] = [];
  let mayLineFeedFollow = false;
  let id = lastEventId;
  let hasId = false;
  let reachedId = lastEventId;
  let event = '';
  let data: string[] = [];
  let retryMs: number | undefined;

  function take(line: string): ParsedEvent | undefined {
    if (line === '') {
      reachedId = id;
      const complete = data.length > 0 ? { id, hasId, event: event || 'message', data: data.join('\n') } : undefined;
      event = '';
      data = [];
      hasId = false;
      return complete;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return undefined;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') data.push(value);
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) [id, hasId] = [value, true];
    else if (field === 'retry' && /^\d+$/.test(value)) retryMs = Number(value);
    return undefined;
  }

  return {
    get lastEventId() {
      return reachedId;
    },
    get retryMs() {
      return retryMs;
    },
    push(bytes) {
      const events: ParsedEvent[] = [];
      let text = decoder.decode(bytes, { stream: true });
      if (text === '') return events;
      // The second half of a CRLF whose first half ended the last chunk.
      if (mayLineFeedFollow && text[0] === '\n') text = text.slice(1);
      mayLineFeedFollow = text === '' ? false : text.endsWith('\r');
      let start = 0;
      for (const { index, 0: lineBreak } of text.matchAll(/\r\n|\r|\n/g)) {
        // The parts of a long line are joined once: joining them for each chunk would take quadratic time.
        const complete = take(rest.join('') + text.slice(start, index));
        if (complete) events.push(complete);
        rest = [];
        start = index + lineBreak.length;
      }
      if (start < text.length) rest.push(text.slice(start));
      return events;
    },
  };
}
