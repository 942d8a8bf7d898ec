import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createArtifactParts } from '../src/gateway/artifacts/parts.ts';
import { artifactSettings, bucketOf } from '../src/gateway/artifacts/settings.ts';
import { createLogger, newId } from '../src/kernel/index.ts';
import { createTestDatabase, createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { type ArtifactBody, download, linkTo, sha256, streamOf, upload, uploadForm } from './support/artifact-calls.ts';
import { type S3Server, startS3Server } from './support/s3-server.ts';

const MEBIBYTE = 1_048_576;

describe.each(databaseKinds)('artifacts in a bucket, on %s', (kind) => {
  let s3: S3Server;
  let server: TestServer;
  let settings: Record<string, string>;
  beforeAll(async () => {
    s3 = await startS3Server();
    settings = {
      AUTOMATE_GATEWAY_ARTIFACTS_ENDPOINT: `${s3.url}/`,
      AUTOMATE_GATEWAY_ARTIFACTS_BUCKET: s3.bucket,
      AUTOMATE_GATEWAY_ARTIFACTS_REGION: s3.region,
      AUTOMATE_GATEWAY_ARTIFACTS_KEY_ID: s3.keyId,
      AUTOMATE_GATEWAY_ARTIFACTS_SECRET: s3.secret,
      AUTOMATE_GATEWAY_ARTIFACTS_MAX_BYTES: String(40 * MEBIBYTE),
      AUTOMATE_LOG_LEVEL: 'fatal',
    };
    server = await createTestServer(kind, { environment: settings });
  });
  afterAll(async () => {
    await server?.close();
    await s3?.close();
  });
  beforeEach(() => {
    s3.fail = undefined;
    s3.requests.length = 0;
  });

  const keyOf = (id: string) => [...s3.objects.keys()].filter((key) => key.endsWith(`/${id.slice(-2)}/${id}`));
  const count = async () =>
    (await server.call<{ results: unknown[] }>('GET', '/api/v1/artifacts/?limit=200')).body.results.length;

  it('are put there, and fetched from there by a link of its own', async () => {
    const { status, body } = await upload(server, 'hello', { 'content-type': 'text/html' }, '?name=pagé.html');
    expect([status, body.sha256, keyOf(body.id).length]).toEqual([201, sha256('hello'), 1]);
    const link = await linkTo(server, body.id);
    expect(link.startsWith(`${s3.url}/${s3.bucket}/artifacts/`)).toBe(true);
    const response = await fetch(link);
    expect([response.status, await response.text()]).toEqual([200, 'hello']);
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="pag_.html"; filename*=UTF-8''pag%C3%A9.html`);
    const inline = await download(server, body.id, '?inline', { headers: { range: 'bytes=1-2' } });
    expect([inline.status, inline.headers.get('content-range'), await inline.text()]).toEqual([206, 'bytes 1-2/5', 'el']);
    expect((await fetch(link.replace('X-Amz-Expires=900', 'X-Amz-Expires=901'))).status).toBe(403);
    expect((await fetch(link.replace('attachment', 'inline'))).status).toBe(403);
    expect(readdirSync(server.database.environment.AUTOMATE_DATA_DIR as string)).not.toContain('artifacts');
    expect((await server.call('DELETE', `/api/v1/artifacts/${body.id}/`)).status).toBe(204);
    expect([keyOf(body.id), (await fetch(link)).status]).toEqual([[], 404]);
  });

  it('in pieces when they are large', async () => {
    const bytes = 20 * MEBIBYTE + 7;
    const { body } = await upload(server, streamOf(bytes));
    expect([body.bytes, s3.requests.filter((request) => request.includes('partNumber')).length]).toEqual([bytes, 3]);
    expect(s3.objects.get(keyOf(body.id)[0] as string)?.body.length).toBe(bytes);
    expect(sha256(Buffer.from(await (await download(server, body.id)).arrayBuffer()))).toBe(body.sha256);
    const exact = await upload(server, streamOf(16 * MEBIBYTE));
    expect([exact.body.bytes, s3.uploads.size]).toEqual([16 * MEBIBYTE, 0]);
    expect((await uploadForm(server, [['empty', '']])).body.bytes).toBe(0);
  });

  it('again when the store is busy for a moment, and not at all when it stays so', async () => {
    let left = 2;
    s3.fail = (method) => (method === 'PUT' && left-- > 0 ? 503 : undefined);
    expect((await upload(server, 'patience')).status).toBe(201);
    const before = await count();
    for (const [method, status] of [
      ['PUT', 503],
      ['PUT', 403],
      ['POST', 500],
    ] as const) {
      s3.fail = (asked) => (asked === method ? status : undefined);
      const reply = await upload(server, streamOf(9 * MEBIBYTE));
      expect([reply.status, reply.body.code, reply.body.detail]).toEqual([
        503,
        'artifact_store_failed',
        expect.stringMatching(`answers ${status}`),
      ]);
      expect(reply.body.detail).not.toContain(s3.secret);
    }
    s3.fail = undefined;
    expect([await count(), s3.uploads.size]).toEqual([before, 0]);
  });

  it('are not there when their bytes are not, and that is no fault of whoever asks', async () => {
    const { body } = await upload(server, 'lost');
    s3.objects.delete(keyOf(body.id)[0] as string);
    const reply = await download(server, body.id, '?inline');
    expect([reply.status, ((await reply.json()) as ArtifactBody).code]).toEqual([503, 'artifact_store_failed']);
  });

  it('are swept: what belongs to nothing, whole or in pieces', async () => {
    const { body } = await upload(server, 'kept');
    const key = keyOf(body.id)[0] as string;
    const folder = key.slice(0, -body.id.length - 3);
    const orphans = Array.from({ length: 5 }, () => `${folder}ab/${newId().slice(0, -2)}ab`);
    const [fresh, foreign] = [`${folder}ab/${newId().slice(0, -2)}ab`, `artifacts/of-another/ab/${newId().slice(0, -2)}ab`];
    const old = new Date(Date.now() - 86_400_000);
    for (const place of [...orphans, fresh, foreign])
      s3.objects.set(place, { body: Buffer.from('x'), contentType: 'x/y', modifiedAt: place === fresh ? new Date() : old });
    const kept = s3.objects.get(key);
    if (kept) kept.modifiedAt = old;
    s3.uploads.set('dead', { key: `${folder}ab/dead`, contentType: 'x/y', parts: new Map(), startedAt: old });
    s3.uploads.set('running', { key: `${folder}ab/running`, contentType: 'x/y', parts: new Map(), startedAt: new Date() });
    const given = z.object(artifactSettings).parse({
      artifactsEndpoint: s3.url,
      artifactsBucket: s3.bucket,
      artifactsRegion: s3.region,
      artifactsKeyId: s3.keyId,
      artifactsSecret: s3.secret,
    });
    const { api, db, settings: core } = server.automate;
    const logger = createLogger({ level: 'error' });
    const parts = createArtifactParts({
      ...api.services,
      db,
      logger,
      settings: given,
      dataDirectory: core.dataDirectory,
      publicUrl: () => server.url,
    });
    for (let turn = 0; turn < 16; turn += 1) await parts.sweep();
    await parts.close();
    expect(orphans.filter((place) => s3.objects.has(place))).toEqual([]);
    expect([fresh, foreign, key].filter((place) => !s3.objects.has(place))).toEqual([]);
    expect([...s3.uploads.keys()]).toEqual(['running']);
  });

  it('stay in the folder when they were there before', async () => {
    const database = await createTestDatabase(kind);
    const local = await createTestServer(kind, { database });
    const { body } = await upload(local, 'before');
    await local.close();
    const both = await createTestServer(kind, { database, environment: settings });
    try {
      expect(await (await download(both, body.id)).text()).toBe('before');
      expect(readdirSync(database.environment.AUTOMATE_DATA_DIR as string)).toContain('artifacts');
    } finally {
      await both.close();
      await database.dispose();
    }
  });

  it('need all of their settings', () => {
    const parsed = z.object(artifactSettings).parse({ artifactsEndpoint: 'https://s3.example.com', artifactsBucket: 'files' });
    expect(() => bucketOf(parsed)).toThrow(/AUTOMATE_GATEWAY_ARTIFACTS_SECRET must be set together/);
  });
});
