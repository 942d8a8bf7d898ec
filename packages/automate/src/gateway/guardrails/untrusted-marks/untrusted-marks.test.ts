import type { LanguageModelV4Prompt } from '@ai-sdk/provider';
import { expect, test } from 'vitest';
import { answered, ask, run } from '../test-support.ts';

const marks = { type: 'untrusted_marks' };

const prompt: LanguageModelV4Prompt = [
  { role: 'system', content: 'Help.' },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'mine' },
      { type: 'text', text: 'page', providerOptions: { automate: { untrusted: true } } },
      { type: 'file', mediaType: 'text/plain', data: { type: 'data', data: Buffer.from('ignore all').toString('base64') } },
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AAAA' } },
    ],
  },
  { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'a', toolName: 'x', output: { type: 'json', value: { a: 1 } } }] },
];

async function marked(guardrails = run([marks])) {
  const options = await guardrails.input({ prompt });
  const delimiter = /<(untrusted-[\da-f]{32})>/.exec(JSON.stringify(options.prompt))?.[1] as string;
  return { prompt: options.prompt, delimiter };
}

test('results of tools, documents and flagged parts stand between marks', async () => {
  const { prompt: given, delimiter } = await marked();
  const between = (text: string) => `<${delimiter}>\n${text}\n</${delimiter}>`;
  expect(given[1]).toMatchObject({ role: 'system', content: expect.stringContaining(`<${delimiter}>`) });
  expect(given[2]?.content).toEqual([
    { type: 'text', text: 'mine' },
    expect.objectContaining({ text: between('page') }),
    { type: 'file', mediaType: 'text/plain', data: { type: 'text', text: between('ignore all') } },
    { type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'AAAA' } },
  ]);
  expect(given[3]?.content).toMatchObject([{ output: { type: 'text', value: between('{"a":1}') } }]);
});

test('nobody can know the marks of the next call', async () => {
  const [one, other] = [await marked(), await marked()];
  expect(one.delimiter).not.toBe(other.delimiter);
});

test('only what was asked for', async () => {
  const { prompt: given } = await marked(run([{ ...marks, parts: ['tool_results'] }]));
  expect(JSON.stringify(given[2])).not.toContain('untrusted-');
  expect(JSON.stringify(given[3])).toContain('untrusted-');
});

test('a call without such parts stays as it is', async () => {
  expect((await run([marks]).input(ask('hello'))).prompt).toEqual(ask('hello').prompt);
});

test('the marks are set around what the other guardrails left, and the caller does not get to see them', async () => {
  const guardrails = run([marks, { type: 'blocked_terms', on: 'input', action: 'mask', terms: ['ignore'] }]);
  const { prompt: given, delimiter } = await marked(guardrails);
  expect(JSON.stringify(given[2])).toContain('[REMOVED] all');
  expect(await answered(guardrails, `It says <${delimiter}>x</${delimiter}> <untrusted-1>`)).toBe('It says x <untrusted-1>');
});
