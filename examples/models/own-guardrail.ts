import { defineGuardrail } from 'automate/gateway';
import { z } from 'zod';

/** Keeps numbers of tickets, such as `ACME-1234`, in the house. */
export const noTickets = defineGuardrail({
  type: 'acme.tickets',
  description: 'Numbers of tickets.',
  config: z.strictObject({ prefix: z.string().regex(/^[A-Z]{2,10}$/) }),
  input: find,
  output: find,
  stream: { window: 20 },
});

function* find(text: string, { prefix }: { prefix: string }) {
  for (const { index, 0: found } of text.matchAll(new RegExp(`\\b${prefix}-\\d{1,6}\\b`, 'g')))
    yield { start: index, end: index + found.length, replacement: '[TICKET]' };
}
