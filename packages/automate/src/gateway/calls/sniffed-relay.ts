import { type Failure, failureOf } from '../protocols/failure.ts';
import type { Sniffer } from '../protocols/sniffing/sniffer.ts';
import type { Relayed } from './relay-stream.ts';

/** A stream that a sniffer of its protocol watches. @param write an error as an event of the protocol */
export function sniffedRelay(sniffer: Sniffer, write: (failure: Failure) => string): Relayed {
  return {
    push: (chunk) => sniffer.push(chunk),
    end() {
      const { rest, ...outcome } = sniffer.end();
      return { rest: Buffer.from(rest).toString('utf8'), outcome };
    },
    // The line before it may have ended without the empty line that ends an event.
    fail: (error) => `\n\n${write(failureOf(error))}`,
  };
}
