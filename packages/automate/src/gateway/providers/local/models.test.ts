import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inTemporaryFolder } from './programs/temporary-folder.ts';
import { clientOf, ffmpeg } from './test-support.ts';

describe('local embeddings', () => {
  const client = clientOf('embeddings-local');
  const model = client.embedding?.('universal-sentence-encoder-lite');
  afterAll(() => client.close?.());
  const embed = async (values: string[], abortSignal?: AbortSignal) => {
    const result = await model?.doEmbed({ values, ...(abortSignal ? { abortSignal } : {}) });
    if (!result) throw new Error('no model');
    return result;
  };
  const likeness = (one: number[], other: number[]) => one.reduce((sum, each, index) => sum + each * (other[index] ?? 0), 0);

  it('are nearer for texts of like meaning, in the order of the texts', async () => {
    const filler = Array.from({ length: 20 }, (_, index) => `Filler number ${index}`);
    const { embeddings, usage } = await embed([
      'How do I get my money back?',
      'What is your refund policy?',
      ...filler,
      'The cat sleeps.',
    ]);
    expect(embeddings.map(({ length }) => length)).toEqual(Array(23).fill(512));
    const [question = [], refund = []] = embeddings;
    const cat = embeddings.at(-1) ?? [];
    expect(likeness(question, refund)).toBeGreaterThan(likeness(question, cat) + 0.1);
    expect(likeness(cat, cat)).toBeCloseTo(1, 3);
    expect(usage?.tokens).toBeGreaterThan(60);
    expect((await embed(['The cat sleeps.'])).embeddings[0]?.[0]).toBeCloseTo(cat[0] ?? 0, 4);
  });

  it('leave the event loop free, and end when they are called off', async () => {
    await embed(['warm']);
    const stop = new AbortController();
    let isOver = false;
    let turns = 0;
    const count = () => {
      turns += 1;
      if (turns === 100) stop.abort(new Error('called off'));
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const long = embed(Array(256).fill('word '.repeat(1_500)), stop.signal).finally(() => {
      isOver = true;
    });
    await expect(long).rejects.toThrow('called off');
    expect((await embed(['again'])).embeddings).toHaveLength(1);
  });

  it.each([
    [{ values: Array(257).fill('a') }, '/input'],
    [{ values: ['a', 'b'.repeat(8_001)] }, '/input/1'],
    [{ values: ['a', ' '] }, '/input/1'],
    [{ values: ['a'], dimensions: 100 }, '/dimensions'],
  ])('are refused beyond their limits (%#)', async (options, pointer) => {
    await expect(model?.doEmbed(options)).rejects.toMatchObject({ status: 400, errors: [{ pointer }] });
  });

  it('of a long text without a blank do not hang', async () => {
    expect((await embed(['x'.repeat(8_000), '\u{1F600}'.repeat(4_000)])).embeddings).toHaveLength(2);
  });
});

describe('text of pictures', () => {
  const client = clientOf('tesseract', { maximum_megapixels: 4 });
  const model = client.recognition?.('tesseract-eng');
  afterAll(() => client.close?.());
  const read = (image: Uint8Array, language?: string) => {
    if (!model) throw new Error('no model');
    return model.doRecognize({ image, language, abortSignal: undefined });
  };
  const picture = (filter: string, name: string, size = '640x200') =>
    inTemporaryFolder(async (folder) => {
      await ffmpeg(folder, ['-f', 'lavfi', '-i', `color=white:size=${size},${filter}`, '-frames:v', '1', name]);
      return readFile(join(folder, name));
    });

  it.each(['a.png', 'a.jpg', 'a.bmp'])('are read exactly from %s', async (name) => {
    const words =
      'drawtext=font=Sans:fontsize=40:x=20:y=30:text=Invoice 4711,drawtext=font=Sans:fontsize=40:x=20:y=110:text=Total 99.50 EUR';
    const { text, confidence, lines } = await read(await picture(words, name));
    expect(text.split(/\n+/)).toEqual(['Invoice 4711', 'Total 99.50 EUR']);
    expect(confidence).toBeGreaterThan(0.8);
    expect(lines.map((line) => line.text)).toEqual(['Invoice 4711', 'Total 99.50 EUR']);
    const [, top = 0, right = 0, bottom = 0] = lines[0]?.box ?? [];
    expect([top > 10, bottom < 100, right < 640]).toEqual([true, true, true]);
  });

  it('are refused for bombs, other formats and other languages', async () => {
    const small = await picture('null', 'a.png', '64x64');
    const bomb = Buffer.from(small);
    bomb.writeUInt32BE(100_000, 16);
    bomb.writeUInt32BE(100_000, 20);
    await expect(read(bomb)).rejects.toMatchObject({ status: 400, errors: [{ pointer: '/image', code: 'too_large' }] });
    const wide = await picture('null', 'a.jpg', '4000x2000');
    await expect(read(wide)).rejects.toMatchObject({ status: 400, errors: [{ pointer: '/image', code: 'too_large' }] });
    await expect(read(Buffer.from('GIF89a'))).rejects.toMatchObject({ status: 400, errors: [{ code: 'unknown_format' }] });
    await expect(read(Buffer.alloc(21 * 1_048_576))).rejects.toMatchObject({ errors: [{ code: 'too_large' }] });
    await expect(read(small, 'deu')).rejects.toMatchObject({ errors: [{ pointer: '/language' }] });
  });

  it('go on after a picture that is broken', async () => {
    const whole = await picture('drawtext=font=Sans:fontsize=40:x=20:y=30:text=Hello', 'a.png');
    await expect(read(whole.subarray(0, 60))).rejects.toMatchObject({ code: 'provider_refused', status: 400 });
    expect((await read(whole)).text).toBe('Hello');
  });
});
