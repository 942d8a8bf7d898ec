import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { generateText, jsonSchema, type LanguageModel, stepCountIs, tool } from 'ai';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { clientOf, kindOf } from '../test-support.ts';

const demo = (config: Record<string, unknown> = {}): LanguageModelV4 => {
  const model = clientOf('demo', { piece_delay_ms: 0, ...config }).chat?.('demo');
  if (!model) throw new Error('no model');
  return model;
};
type Options = Partial<LanguageModelV4CallOptions>;
const asked = (text: string, options: Options = {}): LanguageModelV4CallOptions => ({
  prompt: [{ role: 'user', content: [{ type: 'text', text }] }],
  ...options,
});
async function ask(text: string, options: Options = {}, config: Record<string, unknown> = {}) {
  const { content } = await demo(config).doGenerate(asked(text, options));
  const [last] = content.slice(-1);
  if (last?.type === 'text') return last.text;
  return last?.type === 'tool-call' ? { name: last.toolName, input: JSON.parse(last.input) as unknown } : undefined;
}
async function stream(model: LanguageModelV4, options: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamPart[]> {
  return collect((await model.doStream(options)).stream);
}
async function collect<Part>(parts: AsyncIterable<Part>): Promise<Part[]> {
  const all: Part[] = [];
  for await (const part of parts) all.push(part);
  return all;
}
const weather = {
  type: 'function',
  name: 'getWeather',
  description: 'Current weather of a city',
  inputSchema: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer', maximum: 7 } },
    required: ['city'],
  },
} as const;

describe('the demo model', () => {
  it('says that it is one, the same each time', async () => {
    expect(await ask('Good morning')).toMatch(/^\[demo\] Hello! You wrote: “Good morning”/);
    expect(await ask('Good morning')).toBe(await ask('Good morning'));
    const { warnings, providerMetadata } = await demo().doGenerate(asked('x'));
    expect(warnings[0]).toMatchObject({ message: expect.stringContaining('demo') });
    expect(providerMetadata).toEqual({ demo: { is_scripted: true } });
  });

  it('answers by the first rule whose terms are all there', async () => {
    const rules = [
      { contains: ['refund', 'order'], reply: 'Refunds take a week.' },
      { contains: 'status', json: { open: 3 } },
      { contains: 'rain', tool_call: { name: 'getWeather', arguments: { city: 'Oslo' } } },
    ];
    expect(await ask('REFUND of my order', {}, { rules })).toBe('[demo] Refunds take a week.');
    expect(await ask('refund', {}, { rules })).not.toContain('a week');
    expect(await ask('status?', {}, { rules })).toBe('{"open":3}');
    expect(await ask('rain?', { tools: [weather] }, { rules })).toEqual({ name: 'getWeather', input: { city: 'Oslo' } });
    expect(await ask('rain?', {}, { rules })).toMatch(/^\[demo\] Hello/);
    expect(kindOf('demo').config.safeParse({ rules: [{ contains: 'a', reply: 'b', json: 1 }] }).success).toBe(false);
  });

  it('makes a summary of sentences that are there', async () => {
    const text =
      'Engines turn heat into work. My aunt likes tea. Steam engines heat water until the steam does work. It rained. Modern engines lose less heat and do more work.';
    const summary = String(await ask(`Summarise this: ${text}`));
    expect(summary).toBe(
      '[demo] In short: Engines turn heat into work. Steam engines heat water until the steam does work. Modern engines lose less heat and do more work.',
    );
  });

  it.each([
    {
      type: 'object',
      properties: { name: { type: 'string', minLength: 30, maxLength: 40 }, age: { type: 'integer', minimum: 18 } },
      required: ['name', 'age'],
    },
    { type: 'array', minItems: 3, uniqueItems: true, items: { type: 'string', maxLength: 90 } },
    {
      type: 'object',
      properties: { at: { type: 'string', format: 'date-time' }, mail: { type: 'string', format: 'email' } },
      additionalProperties: false,
    },
    { anyOf: [{ type: 'null' }, { type: 'object', properties: { kind: { const: 'a' } }, required: ['kind'] }] },
    {
      allOf: [
        { type: 'object', required: ['a'], properties: { a: { type: 'number', multipleOf: 0.5, exclusiveMinimum: 3 } } },
        { properties: { b: { enum: ['x', 'y'] } } },
      ],
    },
    {
      $ref: '#/definitions/node',
      definitions: {
        node: {
          type: 'object',
          properties: { next: { $ref: '#/definitions/node' }, value: { type: ['integer', 'null'] } },
          required: ['value'],
        },
      },
    },
    { type: 'object', required: ['more'], properties: {} },
  ])('answers with JSON that fits %j', async (schema) => {
    const ajv = new Ajv({ strict: false });
    addFormats.default(ajv);
    const text = String(await ask('I am Anna, 12 years old.', { responseFormat: { type: 'json', schema: schema as object } }));
    const validate = ajv.compile(schema);
    expect([validate(JSON.parse(text)), validate.errors]).toEqual([true, null]);
  });

  it('ends with schemas that have no end', async () => {
    const wide = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`p${index}`, { $ref: '#' }]));
    const schema = { type: 'object', properties: wide, required: Object.keys(wide) };
    for (const each of [
      schema,
      { $ref: '#' },
      { allOf: [{ $ref: '#' }, { $ref: '#' }] },
      { anyOf: [{ $ref: '#' }, { $ref: '#' }] },
    ]) {
      expect(String(await ask('a', { responseFormat: { type: 'json', schema: each as object } })).length).toBeLessThan(1_000_000);
    }
  });

  it('calls the tool that a text is about, with arguments of the text', async () => {
    const other = { ...weather, name: 'sendMail', description: 'Sends a mail' };
    const tools = [other, weather];
    expect(await ask('What is the weather in Paris for 9 days?', { tools })).toEqual({
      name: 'getWeather',
      input: { city: 'Paris', days: 7 },
    });
    expect(await ask('city: New York, what weather?', { tools })).toMatchObject({ input: { city: 'New York' } });
    expect(await ask('weather in Paris', { tools, toolChoice: { type: 'none' } })).toMatch(/^\[demo\]/);
    expect(await ask('hi', { tools })).toMatch(/^\[demo\]/);
    expect(await ask('hi', { tools, toolChoice: { type: 'required' } })).toMatchObject({ name: 'sendMail' });
    expect(await ask('hi', { tools, toolChoice: { type: 'tool', toolName: 'getWeather' } })).toMatchObject({
      name: 'getWeather',
    });
  });

  it('uses what the tool says, through the AI SDK', async () => {
    const inputSchema = jsonSchema<{ city: string }>({
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
    });
    const { text, steps } = await generateText({
      // Two versions of the types of providers are installed, and differ in what may be a reason to finish.
      model: demo() as unknown as LanguageModel,
      prompt: 'What is the weather in Paris?',
      tools: {
        weather: tool({ description: 'Weather of a city', inputSchema, execute: async ({ city }) => `Sunny in ${city}` }),
      },
      stopWhen: stepCountIs(4),
    });
    expect(text).toBe('[demo] weather says: Sunny in Paris');
    expect(steps).toHaveLength(2);
  });

  it.each([
    ['a text', asked('Tell me something')],
    ['a thought and a text', asked('Tell me something', { reasoning: 'high' })],
    ['a short text', asked('Tell me something', { maxOutputTokens: 5 })],
    ['a stopped text', asked('one STOP two', { stopSequences: ['STOP'] })],
    ['a call', asked('weather in Paris', { tools: [weather] })],
  ])('streams %s in pieces, as it is answered at once', async (_, options) => {
    const parts = await stream(demo(), options);
    const whole = await demo().doGenerate(options);
    const joined = (type: string) =>
      parts.flatMap((part) => (part.type === type && 'delta' in part ? [part.delta] : [])).join('');
    for (const content of whole.content) {
      if (content.type === 'text') expect(joined('text-delta')).toBe(content.text);
      if (content.type === 'reasoning') expect(joined('reasoning-delta')).toBe(content.text);
      if (content.type === 'tool-call') {
        expect(joined('tool-input-delta')).toBe(content.input);
        expect(parts).toContainEqual(content);
      }
    }
    expect(parts.at(-1)).toMatchObject({ type: 'finish', usage: whole.usage, finishReason: whole.finishReason });
    expect(whole.usage.outputTokens.total).toBeGreaterThan(0);
    if (options.maxOutputTokens) expect([whole.finishReason.unified, whole.usage.outputTokens.total]).toEqual(['length', 5]);
  });

  it('stops between two pieces when it is called off', async () => {
    const stop = new AbortController();
    const { stream: parts } = await demo({ piece_delay_ms: 1_000 }).doStream(asked('a b c', { abortSignal: stop.signal }));
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { type } of parts) {
        seen.push(type);
        stop.abort(new Error('called off'));
      }
    })();
    await expect(reading).rejects.toThrow('called off');
    expect(seen).not.toContain('text-delta');
  });

  it('draws pictures of the size that is wanted', async () => {
    const image = clientOf('demo').image?.('demo');
    const base = {
      prompt: 'A house',
      n: 2,
      aspectRatio: undefined,
      seed: 1,
      files: undefined,
      mask: undefined,
      providerOptions: {},
    };
    const first = await image?.doGenerate({ ...base, size: '320x200' });
    const [picture] = first?.images ?? [];
    const bytes = Buffer.from(picture as Uint8Array);
    expect([bytes.toString('latin1', 1, 4), bytes.readUInt32BE(16), bytes.readUInt32BE(20), first?.images.length]).toEqual([
      'PNG',
      320,
      200,
      2,
    ]);
    expect((await image?.doGenerate({ ...base, size: '320x200' }))?.images).toEqual(first?.images);
    await expect(image?.doGenerate({ ...base, size: '9000x9000' })).rejects.toMatchObject({
      status: 400,
      errors: [{ pointer: '/size' }],
    });
  });
});
