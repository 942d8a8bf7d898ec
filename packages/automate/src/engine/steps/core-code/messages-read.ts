import { z } from 'zod';
import type { Message } from './child/messages.ts';

/** A message of the child; undefined when it is none. */
export function readMessage(text: string): Message | undefined {
  try {
    return Said.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const Place = z.int().min(1).optional();
const Begun = z.object({ id: z.int().min(0), type: z.literal('begun') });
const Answered = z.intersection(
  z.object({
    id: z.int().min(0),
    lines: z.array(z.object({ level: z.enum(['debug', 'info', 'warn', 'error']), text: z.string().max(2_000) })).max(101),
  }),
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('done'), output: z.string() }),
    z.object({
      type: z.literal('failed'),
      code: z.enum(['code_error', 'code_timeout', 'code_memory', 'code_output_invalid']),
      message: z.string().max(10_000),
      line: Place,
      column: Place,
    }),
  ]),
);
const Said = z.union([Begun, Answered]);
