import type { EndWatch } from './stream-end.ts';

/** As a header of a frame stands in its bytes: name, type 7 (text), length, value. No text of a model has these bytes. */
const MESSAGE_STOP = Buffer.from(':event-type\x07\x00\x0bmessageStop', 'latin1');
const PRELUDE_BYTES = 4;

/** Notices `messageStop` in a binary event stream of AWS, and a frame that is not whole. */
export function bedrockEnd(): EndWatch {
  let rest: Buffer = Buffer.alloc(0);
  let isSeen = false;
  return {
    see(bytes) {
      rest = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes]);
      while (rest.length >= PRELUDE_BYTES) {
        const length = Math.max(rest.readUInt32BE(0), PRELUDE_BYTES);
        if (rest.length < length) break;
        isSeen ||= rest.subarray(0, length).includes(MESSAGE_STOP);
        rest = rest.subarray(length);
      }
    },
    isWhole: () => isSeen && rest.length === 0,
  };
}
