/** Most bytes of one line. The last event of the Responses API holds the whole answer. */
const LONGEST = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

/** Whole lines of a stream of bytes. */
export interface Lines {
  readonly bytes: Uint8Array;
  /** The same, a character for each byte: nothing is decoded that nobody reads. */
  readonly text: string;
}

interface LineSplitter {
  /** All lines that have come to their end, with what ends them; undefined where there is none. */
  push(chunk: Uint8Array): Lines | undefined;
  /** What stands behind the last line. */
  rest(): Lines;
  /** Whether a line was longer than it may be, and was let through unread. */
  readonly hasOverflowed: boolean;
}

/** Splits a stream into lines, wherever its chunks are cut. The usual chunk holds whole lines, and is not copied. */
export function createLineSplitter(longest = LONGEST): LineSplitter {
  let held = Buffer.alloc(0);
  let length = 0;
  let hasOverflowed = false;

  const hold = (bytes: Uint8Array): void => {
    if (length + bytes.length > held.length) {
      const larger = Buffer.allocUnsafe(Math.max(1_024, 2 * (length + bytes.length)));
      held.copy(larger, 0, 0, length);
      held = larger;
    }
    held.set(bytes, length);
    length += bytes.length;
  };

  /** Takes out what is held: it is not written to any more. */
  const take = (): Buffer => {
    const taken = held.subarray(0, length);
    held = Buffer.alloc(0);
    length = 0;
    return taken;
  };

  return {
    get hasOverflowed() {
      return hasOverflowed;
    },
    push(chunk) {
      const end = chunk.lastIndexOf(NEWLINE) + 1;
      if (end === 0) {
        hold(chunk);
        if (length <= longest) return undefined;
        hasOverflowed = true;
        return { bytes: take(), text: '' };
      }
      const whole = end === chunk.length ? chunk : chunk.subarray(0, end);
      let bytes = whole;
      if (length > 0) {
        hold(whole);
        bytes = take();
      }
      if (end < chunk.length) hold(chunk.subarray(end));
      return lines(bytes);
    },
    rest: () => lines(take()),
  };
}

function lines(bytes: Uint8Array): Lines {
  return { bytes, text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1') };
}
