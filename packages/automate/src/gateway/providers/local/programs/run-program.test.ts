import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { missingMedia } from '../ffmpeg/media.ts';
import { kindOf } from '../test-support.ts';
import { missingPackages } from './missing.ts';
import { createPlaces } from './places.ts';
import { type ProgramRun, runProgram } from './run-program.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

const limits = { timeMs: 20_000, outputBytes: 100_000, memoryBytes: 500_000_000 };
const run = (program: string, args: string[], more: Partial<ProgramRun> = {}) =>
  inTemporaryFolder((folder) => runProgram({ program, packages: [], arguments: args, folder, limits, ...more }));

afterEach(() => vi.unstubAllEnvs());

describe('a program', () => {
  it('gets its input and no environment of ours', async () => {
    vi.stubEnv('AUTOMATE_SECRET_KEY', 'must-not-be-seen');
    expect((await run('cat', [], { input: 'one' })).output.toString()).toBe('one');
    expect((await run('env', [])).output.toString()).not.toContain('must-not-be-seen');
  });

  it('is killed with its children when it is called off, and its folder is removed', async () => {
    let used = '';
    const stop = new AbortController();
    const marker = `${process.pid}.25`;
    const running = inTemporaryFolder((folder) => {
      used = folder;
      return runProgram({
        program: 'sh',
        packages: [],
        arguments: ['-c', `sleep ${marker} & sleep ${marker}; true`],
        folder,
        limits,
        signal: stop.signal,
      });
    });
    const ended = expect(running).rejects.toThrow('called off');
    await vi.waitFor(() => expect(sleepers(marker)).toHaveLength(2), 5_000);
    stop.abort(new Error('called off'));
    await ended;
    await vi.waitFor(() => expect(sleepers(marker)).toEqual([]));
    expect([used, existsSync(used)]).toEqual([expect.stringContaining('automate-'), false]);
  });

  it('is killed when it takes too long, writes too much or takes too much memory', async () => {
    await expect(run('sleep', ['30'], { limits: { ...limits, timeMs: 50 } })).rejects.toMatchObject({
      code: 'provider_timeout',
      status: 504,
    });
    await expect(run('yes', [])).rejects.toMatchObject({ code: 'provider_failed' });
    expect((await run('head', ['-c', '200000', '/dev/zero'], { limits: { ...limits, outputBytes: 300_000 } })).exitCode).toBe(0);
    expect((await run('dd', ['if=/dev/zero', 'of=big', 'bs=1000', 'count=200'])).exitCode).not.toBe(0);
    expect((await run('dd', ['if=/dev/zero', 'of=/dev/null', 'bs=900M', 'count=1'])).exitCode).not.toBe(0);
  });

  it('ends when what feeds it fails', async () => {
    const broken = (async function* () {
      yield Buffer.from('a');
      throw new Error('source lost');
    })();
    await expect(run('cat', [], { input: broken })).rejects.toThrow('source lost');
  });

  it('may leave its input unread', async () => {
    expect((await run('true', [], { input: Buffer.alloc(5_000_000) })).exitCode).toBe(0);
  });

  it('is missed in words when it is not installed', async () => {
    expect(await kindOf('flite').missing?.()).toBeUndefined();
    expect(await kindOf('pocketsphinx').missing?.()).toBeUndefined();
    await inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'flite'), 'not executable');
      vi.stubEnv('PATH', folder);
      expect(await kindOf('flite').missing?.()).toBe('missing: flite (apt install flite)');
      expect(await missingMedia()).toBe('missing: ffmpeg, ffprobe (apt install ffmpeg)');
      expect(await kindOf('pocketsphinx').missing?.()).toBe(
        'missing: pocketsphinx_continuous, ffmpeg (apt install pocketsphinx pocketsphinx-en-us ffmpeg)',
      );
      await expect(run('flite', [])).rejects.toMatchObject({ code: 'provider_missing', status: 409 });
    });
    expect(missingPackages(['zod', '@automate/not-there'])).toBe('missing: npm install @automate/not-there');
    for (const kind of ['embeddings-local', 'tesseract']) expect(await kindOf(kind).missing?.()).toBeUndefined();
  });
});

describe('places', () => {
  it('let in as many as there are, in their order, and refuse a crowd', async () => {
    const places = createPlaces('it', { places: 1, waiting: 2 });
    const order: string[] = [];
    const first = Promise.withResolvers<void>();
    const stop = new AbortController();
    const all = [
      places.take(() => first.promise.then(() => order.push('first'))),
      places.take(async () => order.push('second'), stop.signal).catch(() => order.push('left')),
      places.take(async () => order.push('third')),
    ];
    await expect(places.take(async () => undefined)).rejects.toMatchObject({ code: 'provider_rate_limited', status: 429 });
    stop.abort();
    await all[1];
    first.resolve();
    await Promise.all(all);
    expect(order).toEqual(['left', 'first', 'third']);
    await expect(places.take(async () => 'free')).resolves.toBe('free');
  });
});

/** Processes of that command, wherever they hang by now. */
function sleepers(marker: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === `sleep\0${marker}\0`;
      } catch {
        return false; // it has ended meanwhile
      }
    });
}
