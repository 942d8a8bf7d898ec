import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseKinds } from '../src/testing/index.ts';
import { type GatewayHouse, openGatewayHouse } from './support/gateway-house.ts';
import { createTenant } from './support/tenants.ts';

interface Result {
  readonly task_type: string;
  readonly outputs: Readonly<Record<string, unknown>> & { readonly text?: string; readonly artifact_id?: string };
  readonly artifacts: readonly { readonly id: string; readonly content_type: string; readonly bytes: number }[];
  readonly code?: string;
  readonly errors?: readonly { readonly pointer: string }[];
}

const SENTENCE = 'The quick brown fox jumps over the lazy dog.';

describe.each(databaseKinds)('media of endpoints on %s, by the programs of the machine', (kind) => {
  let house: GatewayHouse;
  const folder = mkdtempSync(join(tmpdir(), 'automate-modal-'));
  let video: Buffer = Buffer.alloc(0);
  const shop = createServer((request, response) => {
    if (request.url !== '/film.mp4') return response.writeHead(404).end();
    return response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': video.length }).end(video);
  });
  let shopHost: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    shopHost = `127.0.0.1:${(shop.address() as AddressInfo).port}`;
    house = await openGatewayHouse(kind, {}, { hosts: [shopHost] });
    const make = async (slug: string, provider: string, model: string, tasks: string[]) => {
      if (!(await house.server.call<{ count: number }>('GET', `/api/v1/providers/?slug=${provider}&count=true`)).body.count)
        expect((await house.server.call('POST', '/api/v1/providers/', { slug: provider, kind: provider })).status).toBe(201);
      const reply = await house.server.call('POST', '/api/v1/endpoints/', { slug, tasks, targets: [{ provider, model }] });
      expect(reply.status, JSON.stringify(reply.body)).toBe(201);
    };
    await make('voice', 'flite', 'flite', ['audio.tts']);
    await make('ear', 'pocketsphinx', 'pocketsphinx-en-us', ['audio.stt', 'video.download', 'video.stt']);
    await make('eye', 'tesseract', 'tesseract-eng', ['image.ocr']);
    await make('brush', 'demo', 'demo', ['image.text2img', 'llm.chat']);
  });
  afterAll(async () => {
    shop.close();
    rmSync(folder, { recursive: true });
    await house?.close();
  });

  const run = async (endpoint: string, body: object): Promise<Result> => {
    const reply = await house.server.call<Result>('POST', `/api/modal/endpoints/${endpoint}/run/`, body);
    expect(reply.status, JSON.stringify(reply.body)).toBe(200);
    return reply.body;
  };
  const bytesOf = async (id: string) => {
    const reply = await fetch(new URL(`/api/modal/artifacts/${id}/download/?inline=true`, house.server.url), {
      headers: { authorization: `Bearer ${house.server.token}` },
    });
    expect(reply.status).toBe(200);
    return Buffer.from(await reply.arrayBuffer());
  };

  it('a text is spoken, written down, and a film fetched and written down', async () => {
    const spoken = await run('voice', { input: { text: SENTENCE }, params: { format: 'wav' } });
    expect(spoken).toMatchObject({ task_type: 'audio.tts', artifacts: [{ id: spoken.outputs.artifact_id }] });
    const heard = await run('ear', { input: { artifact_id: spoken.outputs.artifact_id } });
    expect(heard.outputs.text?.toLowerCase()).toMatch(/fox|dog|brown/);

    const sound = join(folder, `${kind}.wav`);
    const film = join(folder, `${kind}.mp4`);
    writeFileSync(sound, await bytesOf(spoken.outputs.artifact_id ?? ''));
    const picture = ['-f', 'lavfi', '-i', 'color=c=blue:s=64x64:r=5', '-i', sound, '-shortest', '-c:v', 'mpeg4', '-c:a', 'aac'];
    execFileSync('ffmpeg', ['-nostdin', '-loglevel', 'error', '-y', ...picture, film]);
    video = readFileSync(film);
    const fetched = await run('ear', { task_type: 'video.download', input: { url: `http://${shopHost}/film.mp4` } });
    expect(fetched).toMatchObject({ artifacts: [{ bytes: video.length }], outputs: { artifact_id: fetched.artifacts[0]?.id } });
    const said = await run('ear', { task_type: 'video.stt', input: { artifact_id: fetched.outputs.artifact_id } });
    expect(said.outputs.text?.toLowerCase()).toMatch(/fox|dog|brown/);
    const summary = await run('brush', { task_type: 'llm.chat', input: { prompt: `Sum this up: ${said.outputs.text}` } });
    expect(summary.outputs.text).not.toBe('');
  });

  it('a picture is made', async () => {
    const painted = await run('brush', { input: { prompt: 'A blue square' } });
    expect(painted).toMatchObject({ task_type: 'image.text2img', artifacts: [{ content_type: 'image/png' }] });
    expect((await bytesOf(painted.artifacts[0]?.id ?? '')).subarray(1, 4).toString()).toBe('PNG');
    const read = await run('eye', { input: { artifact_id: painted.artifacts[0]?.id } });
    expect(read.outputs).toHaveProperty('text');
  });

  it('what is not there, or not possible, is named', async () => {
    const wrong = async (endpoint: string, body: object) => {
      const { status, body: problem } = await house.server.call<Result>('POST', `/api/modal/endpoints/${endpoint}/run/`, body);
      return [status, problem.code, problem.errors?.[0]?.pointer];
    };
    const other = await createTenant(house.server, 'another-one');
    const foreign = await other.call('POST', '/api/v1/artifacts/?name=a.json', { a: 1 });
    expect(foreign.status).toBe(201);
    const { id } = foreign.body as { id: string };
    expect(await wrong('ear', { input: { artifact_id: id } })).toEqual([404, 'not_found', '/input/artifact_id']);
    expect(await wrong('ear', { input: {} })).toEqual([400, 'invalid_input', '/input']);
    expect(await wrong('ear', { input: { data: '?!' } })).toEqual([400, 'invalid_input', '/input/data']);
    const denied = { task_type: 'video.download', input: { url: 'http://169.254.169.254/x' } };
    expect((await wrong('ear', denied))[0]).toBeGreaterThanOrEqual(400);
    const film = { slug: 'film', tasks: ['video.text2video'], targets: [{ provider: 'demo', model: 'demo' }] };
    expect((await house.server.call('POST', '/api/v1/endpoints/', film)).status).toBe(400);
  });
});
