import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { extractAudio, probeMedia } from './ffmpeg/media.ts';
import { inTemporaryFolder } from './programs/temporary-folder.ts';
import { clientOf, ffmpeg } from './test-support.ts';

const SENTENCE = 'Please turn on the light in the kitchen. The quick brown fox jumps over the lazy dog.';
const speech = clientOf('flite').speech?.('flite');
const transcription = clientOf('pocketsphinx', { maximum_seconds: 20 }).transcription?.('pocketsphinx-en-us');

async function say(text: string, options: { voice?: string; outputFormat?: string; speed?: number } = {}) {
  const { audio } = (await speech?.doGenerate({ text, ...options })) ?? {};
  return audio as Uint8Array;
}

async function write(audio: Uint8Array, mediaType = 'audio/wav') {
  const result = await transcription?.doGenerate({ audio, mediaType, timestampGranularities: ['word'] });
  if (!result) throw new Error('no transcription');
  return result;
}

/** The share of the words of a text that were heard. */
function heard(text: string, by: string): number {
  const found = new Set(by.split(' '));
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  return words.filter((word) => found.has(word)).length / words.length;
}

describe('speech by flite', () => {
  it('comes back as most of its words, with times', async () => {
    const { text, words = [], segments, durationInSeconds = 0 } = await write(await say(SENTENCE));
    expect(heard(SENTENCE, text)).toBeGreaterThan(0.8);
    expect(segments.map((each) => each.text).join(' ')).toBe(text);
    expect(
      words.every((each, index) => each.startSecond < each.endSecond && each.endSecond >= (words[index - 1]?.endSecond ?? 0)),
    ).toBe(true);
    expect(words.at(-1)?.endSecond).toBeLessThanOrEqual(durationInSeconds);
  });

  it('is never read by a shell or as an option', async () => {
    const audio = await say('-o /tmp/owned $(touch /tmp/owned); `id` "quoted"');
    expect(Buffer.from(audio).toString('latin1', 0, 4)).toBe('RIFF');
  });

  it.each([
    ['mp3', /^(ID3|\xff[\xe0-\xff])/],
    ['flac', /^fLaC/],
    ['ogg', /^OggS/],
    ['opus', /^OggS/],
    ['aac', /^\xff\xf1/],
  ])('is made as %s', async (outputFormat, start) => {
    const audio = await say('Hello there.', { outputFormat });
    expect(Buffer.from(audio).toString('latin1', 0, 4)).toMatch(start);
    expect(await probeMedia(audio)).toMatchObject({ hasAudio: true, hasVideo: false });
  });

  it('is as fast as it is asked for', async () => {
    const [slow, fast] = [await say('Hello there, you.', { speed: 0.5 }), await say('Hello there, you.', { speed: 2 })];
    expect(slow.length / fast.length).toBeGreaterThan(2);
  });

  it.each([
    [{ text: ' ' }, '/input'],
    [{ text: 'a'.repeat(10_001) }, '/input'],
    [{ text: 'a', voice: 'http://example.com/x.flitevox' }, '/voice'],
    [{ text: 'a', outputFormat: 'exe' }, '/response_format'],
    [{ text: 'a', speed: 9 }, '/speed'],
  ])('is refused beyond its limits (%#)', async (options, pointer) => {
    await expect(speech?.doGenerate(options)).rejects.toMatchObject({ status: 400, errors: [{ pointer }] });
  });

  it('knows its models', () => {
    expect(() => clientOf('flite').speech?.('tts-1')).toThrow(expect.objectContaining({ code: 'model_not_found', status: 404 }));
  });
});

describe('sound of files', () => {
  it('is heard in a video', async () => {
    const spoken = await say(SENTENCE);
    const video = await inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'a.wav'), spoken);
      await ffmpeg(folder, [
        '-f',
        'lavfi',
        '-i',
        'testsrc=size=160x120:rate=5',
        '-i',
        'a.wav',
        '-shortest',
        '-c:a',
        'aac',
        'v.mp4',
      ]);
      return readFile(join(folder, 'v.mp4'));
    });
    expect(await probeMedia(video)).toMatchObject({ hasAudio: true, hasVideo: true });
    const audio = await extractAudio(
      (async function* () {
        yield video.subarray(0, 1_000);
        yield video.subarray(1_000);
      })(),
      { format: 'mp3' },
    );
    expect(await probeMedia(audio)).toMatchObject({ hasAudio: true, hasVideo: false });
    expect(heard(SENTENCE, (await write(video, 'video/mp4')).text)).toBeGreaterThan(0.8);
  });

  it('reads no other file by a list', async () => {
    const list = (text: string) => extractAudio(Buffer.from(text), { format: 'wav' });
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'secret.wav');
      await writeFile(path, await say('secret'));
      for (const text of [
        `#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile://${path}\n#EXT-X-ENDLIST\n`,
        `ffconcat version 1.0\nfile ${path}\n`,
      ]) {
        await expect(list(text)).rejects.toMatchObject({ code: 'provider_refused', status: 400 });
      }
    });
  });

  it('is refused when it is too long, too large or none', async () => {
    const long = await inTemporaryFolder(async (folder) => {
      await ffmpeg(folder, ['-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono', '-t', '60', '-c:a', 'flac', 'a.flac']);
      return readFile(join(folder, 'a.flac'));
    });
    await expect(write(long)).rejects.toMatchObject({ code: 'provider_refused', detail: expect.stringContaining('20 seconds') });
    await expect(extractAudio(long, { format: 'wav', maximumBytes: 100 })).rejects.toMatchObject({ code: 'provider_refused' });
    await expect(write(Buffer.from('no sound at all'))).rejects.toMatchObject({ code: 'provider_refused', status: 400 });
    await expect(write(Buffer.alloc(0))).rejects.toMatchObject({ code: 'provider_refused', status: 400 });
  });
});
