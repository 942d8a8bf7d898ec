import type { Values } from './send.ts';

/** What was made: what was sent, what came back, and something to try it with. */
export interface Made {
  readonly sent: Values;
  readonly reply: Values;
  readonly sample: unknown;
}
