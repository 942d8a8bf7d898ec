import { z } from 'zod';

const term = z.string().min(1).max(200);

const Rule = z
  .strictObject({
    contains: z
      .union([term, z.array(term).min(1).max(20)])
      .describe('A term, or all terms, that the text of the user must hold; case does not matter'),
    reply: z.string().max(20_000).optional().describe('The answer; it begins with "[demo] "'),
    json: z.json().optional().describe('The answer as JSON'),
    tool_call: z
      .strictObject({ name: z.string().min(1).max(200), arguments: z.record(z.string(), z.json()).default({}) })
      .optional()
      .describe('The tool that is called, where it was offered'),
  })
  .refine(
    ({ reply, json, tool_call }) => [reply, json, tool_call].filter((each) => each !== undefined).length === 1,
    'must have one of "reply", "json" and "tool_call"',
  );
export type Rule = z.output<typeof Rule>;

export const DemoConfig = z.strictObject({
  rules: z.array(Rule).max(100).default([]).describe('The first that fits a text says the answer'),
  piece_delay_ms: z.int().min(0).max(5_000).default(10).describe('Milliseconds between the pieces of a streamed answer'),
});
export type DemoConfig = z.output<typeof DemoConfig>;

/** The first rule whose terms are all in the text. */
export function findRule(rules: readonly Rule[], text: string): Rule | undefined {
  const lower = text.toLowerCase();
  return rules.find(({ contains }) => [contains].flat().every((each) => lower.includes(each.toLowerCase())));
}
