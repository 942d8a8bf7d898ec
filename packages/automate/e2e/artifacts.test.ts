import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createArtifactParts } from '../src/gateway/artifacts/parts.ts';
import { artifactSettings } from '../src/gateway/artifacts/settings.ts';
import { createLogger, newId } from '../src/kernel/index.ts';
import { createTestDatabase, createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import {
  type ArtifactBody,
  download,
  linkTo,
  type Sent,
  sha256,
  streamOf,
  upload,
  uploadForm,
} from './support/artifact-calls.ts';
import { eventually } from './support/executions.ts';
import { startServerProcess } from './support/server-process.ts';

const MEBIBYTE = 1_048_576;
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

describe.each(databaseKinds)('artifacts on %s', (kind) => {
  let server: TestServer;
  let other: Pick<TestServer, 'url' | 'token'>;
  beforeAll(async () => {
    server = await createTestServer(kind, { environment: { AUTOMATE_GATEWAY_ARTIFACTS_MAX_BYTES: String(80 * MEBIBYTE) } });
    const { id } = await server.automate.ensureTenant('other', 'Other');
    const { value } = await server.automate.apiKeys.create({ tenantId: id, name: 'other', isStaff: false, scopes: ['*'] });
    other = { url: server.url, token: value };
  });
  afterAll(() => server?.close());

  const folder = (of = server) => join(of.database.environment.AUTOMATE_DATA_DIR as string, 'artifacts');
  /** Every file of the folder, whole or not. */
  const filesIn = (place: string): string[] =>
    readdirSync(place, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  const list = async (query = '') =>
    (await server.call<{ results: ArtifactBody[] }>('GET', `/api/v1/artifacts/${query}`)).body.results;
  const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
  const setPolicy = (rules: object, of = server) => of.call('PATCH', '/api/v1/policy/', rules);

  describe('are sent', () => {
    it('as the body, and shown with what is known of them', async () => {
      const { status, headers, body } = await upload(
        server,
        'hello',
        { 'content-type': 'text/plain', 'x-trace-id': 'upload-1' },
        '?name=hi.txt',
      );
      expect([status, headers.get('location')]).toEqual([201, `/api/v1/artifacts/${body.id}/`]);
      expect(body).toMatchObject({
        name: 'hi.txt',
        content_type: 'text/plain',
        bytes: 5,
        sha256: sha256('hello'),
        origin_kind: 'upload',
        trace_id: 'upload-1',
        expires_at: null,
      });
      const shown = await server.call<ArtifactBody>('GET', `/api/v1/artifacts/${body.id}/`);
      expect(shown.body).toEqual(body);
      expect(shown.body).not.toHaveProperty('store');
      for (const query of [
        '?trace_id=upload-1',
        '?name=hi.txt&trace_id=upload-1',
        '?content_type=text/plain',
        '?origin_kind=upload',
        '?created_after=2020-01-01T00:00:00Z',
        '?search=hi',
      ])
        expect(
          (await list(query)).map(({ id }) => id),
          query,
        ).toContain(body.id);
      expect(await list('?content_type=image/png&trace_id=upload-1')).toEqual([]);
    });

    it('as a form of one or several, all or none', async () => {
      const one = await uploadForm(server, [['a.txt', 'one', 'text/plain']]);
      expect([one.status, one.body.name, one.body.sha256]).toEqual([201, 'a.txt', sha256('one')]);
      const several = await uploadForm(server, [
        ['b.bin', new Uint8Array(200_000).fill(13)],
        ['empty', ''],
        ['ünïcode "x" 漢字.json', '{"a":"\r\n--"}', 'application/json'],
      ]);
      expect(several.body.results.map(({ name, bytes, content_type }) => [name, bytes, content_type])).toEqual([
        ['b.bin', 200_000, 'application/octet-stream'],
        ['empty', 0, 'application/octet-stream'],
        ['ünïcode x 漢字.json', 12, 'application/json'],
      ]);
      expect(several.body.results[0]?.sha256).toBe(sha256(new Uint8Array(200_000).fill(13)));
      const before = (await list('?limit=200')).length;
      const refused = await uploadForm(server, [
        ['c.txt', 'fine'],
        ['d.png', '<html><script>alert(1)</script>', 'image/png'],
      ]);
      expect([refused.status, refused.body.code]).toEqual([415, 'artifact_type_mismatch']);
      expect(await list('?limit=200')).toHaveLength(before);
    });

    it.each<[string, string, string, number, RegExp]>([
      ['no boundary', 'multipart/form-data', 'x', 400, /boundary/],
      [
        'a form that ends early',
        'multipart/form-data; boundary=b',
        '--b\r\ncontent-disposition: form-data; name="f"; filename="x"\r\n\r\nabc',
        400,
        /ends before/,
      ],
      [
        'a form with fields',
        'multipart/form-data; boundary=b',
        '--b\r\ncontent-disposition: form-data; name="f"\r\n\r\nabc\r\n--b--',
        400,
        /send files only/,
      ],
      ['a form without files', 'multipart/form-data; boundary=b', '--b--\r\n', 400, /no file/],
      ['what is no form', 'multipart/form-data; boundary=b', 'x'.repeat(20_000), 400, /not a valid/],
      ['headers without an end', 'multipart/form-data; boundary=b', `--b\r\n${'x'.repeat(20_000)}`, 400, /too long|not a valid/],
      [
        'too many files',
        'multipart/form-data; boundary=b',
        `${'--b\r\ncontent-disposition: form-data; name="f"; filename="x"\r\n\r\n\r\n'.repeat(21)}--b--`,
        413,
        /20 files/,
      ],
      ['nothing', 'text/plain', '', 400, /empty/],
    ])('but not with %s', async (_, type, body, status, detail) => {
      const before = (await list('?limit=200')).length;
      const reply = await upload(server, body, { 'content-type': type });
      expect([reply.status, reply.body.detail]).toEqual([status, expect.stringMatching(detail)]);
      expect(await list('?limit=200')).toHaveLength(before);
    });

    it('under names that lead nowhere', async () => {
      const names = [
        '../../etc/passwd',
        'C:\\windows\\system32\\x.exe',
        'a\u202egnp.exe',
        'con.txt',
        '...',
        `${'n'.repeat(900)}.png`,
        "a;b'c%00.txt",
      ];
      const kept: ArtifactBody[] = [];
      for (const name of names)
        kept.push((await upload(server, 'x', { 'content-type': 'text/plain' }, `?name=${encodeURIComponent(name)}`)).body);
      expect(kept.map(({ name }) => name)).toEqual([
        'passwd',
        'x.exe',
        'agnp.exe',
        '_con.txt',
        'artifact',
        `${'n'.repeat(196)}.png`,
        "a;b'c%00.txt",
      ]);
      const paths = filesIn(folder());
      for (const { id } of kept) expect(paths.filter((path) => path.endsWith(`/${id.slice(-2)}/${id}`))).toHaveLength(1);
      const response = await download(server, kept[6]?.id as string);
      expect(response.headers.get('content-disposition')).toBe(
        `attachment; filename="a;b'c_00.txt"; filename*=UTF-8''a%3Bb%27c%2500.txt`,
      );
    });

    it('with the same Idempotency-Key once', async () => {
      const headers = { 'content-type': 'text/plain', 'idempotency-key': newId() };
      const [first, again] = [await upload(server, 'twice', headers), await upload(server, 'twice', headers)];
      expect([again.body.id, again.headers.get('idempotent-replayed')]).toEqual([first.body.id, 'true']);
      expect((await upload(server, 'another length', headers)).status).toBe(422);
    });
  });

  describe('are fetched', () => {
    let artifact: ArtifactBody;
    const content = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 256));
    beforeAll(async () => {
      artifact = (await upload(server, content, { 'content-type': 'video/mp4' }, '?name=film.mp4')).body;
    });

    it('by a link that needs no credentials, and safely', async () => {
      const link = await linkTo(server, artifact.id);
      const response = await fetch(link);
      expect(await bytesOf(response)).toEqual(content);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'video/mp4',
        'content-length': '1000',
        'content-disposition': `inline; filename="film.mp4"; filename*=UTF-8''film.mp4`,
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
        'accept-ranges': 'bytes',
        etag: `"${sha256(content)}"`,
      });
      expect((await fetch(link, { headers: { 'if-none-match': `"${sha256(content)}"` } })).status).toBe(304);
      const direct = await download(server, artifact.id, '?inline', { redirect: 'manual' });
      expect([direct.status, await bytesOf(direct)]).toEqual([200, content]);
      expect((await download(server, artifact.id, '?inline=maybe')).status).toBe(400);
    });

    it.each<[string, number, string | null, [number, number] | undefined]>([
      ['bytes=0-9', 206, 'bytes 0-9/1000', [0, 10]],
      ['bytes=990-', 206, 'bytes 990-999/1000', [990, 1000]],
      ['bytes=-10', 206, 'bytes 990-999/1000', [990, 1000]],
      ['bytes=-5000', 206, 'bytes 0-999/1000', [0, 1000]],
      ['bytes=500-90000', 206, 'bytes 500-999/1000', [500, 1000]],
      ['bytes=1000-', 416, 'bytes */1000', undefined],
      ['bytes=-0', 416, 'bytes */1000', undefined],
      ['bytes=9-3', 200, null, [0, 1000]],
      ['bytes=0-1,5-6', 200, null, [0, 1000]],
      ['lines=0-1', 200, null, [0, 1000]],
    ])('in part: %s', async (range, status, shown, part) => {
      const response = await fetch(await linkTo(server, artifact.id), { headers: { range } });
      expect([response.status, response.headers.get('content-range')]).toEqual([status, shown]);
      const bytes = await bytesOf(response);
      if (part)
        expect([bytes, response.headers.get('content-length')]).toEqual([content.subarray(...part), String(part[1] - part[0])]);
    });

    it('in part only while the rest is of the same', async () => {
      const link = await linkTo(server, artifact.id);
      const ask = async (tag: string) => (await fetch(link, { headers: { range: 'bytes=0-1', 'if-range': tag } })).status;
      expect([await ask(`"${artifact.sha256}"`), await ask('"other"'), await ask(`W/"${artifact.sha256}"`)]).toEqual([
        206, 200, 200,
      ]);
    });

    it('by their head alone', async () => {
      const link = await linkTo(server, artifact.id);
      const head = await fetch(link, { method: 'HEAD' });
      const part = await fetch(link, { method: 'HEAD', headers: { range: 'bytes=5-9' } });
      expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '1000', '']);
      expect([part.status, part.headers.get('content-length'), part.headers.get('content-range')]).toEqual([
        206,
        '5',
        'bytes 5-9/1000',
      ]);
    });

    it('by no link that was changed, is too old, or is of another', async () => {
      const another = (await upload(server, 'other')).body;
      const link = new URL(await linkTo(server, artifact.id));
      const tampered = (change: (url: URL) => void) => {
        const url = new URL(link);
        change(url);
        return fetch(url).then(async (response) => [response.status, ((await response.json()) as ArtifactBody).code]);
      };
      const refused = [403, 'artifact_link_refused'];
      const signature = link.searchParams.get('signature') ?? '';
      expect(
        await tampered(({ searchParams }) => searchParams.set('expires', String(Number(searchParams.get('expires')) + 1))),
      ).toEqual(refused);
      expect(await tampered(({ searchParams }) => searchParams.set('signature', `A${signature.slice(1)}`))).toEqual(refused);
      expect(await tampered(({ searchParams }) => searchParams.set('signature', `${signature}=`))).toEqual(refused);
      expect(await tampered(({ searchParams }) => searchParams.set('signature', ''))).toEqual(refused);
      expect(await tampered((url) => (url.pathname = url.pathname.replace(artifact.id, another.id)))).toEqual(refused);
      expect((await tampered(({ searchParams }) => searchParams.delete('signature')))[0]).toBe(400);
      const { artifacts } = server.automate.api.services;
      const { tenant_id: tenantId } = await artifacts.linked({
        id: artifact.id,
        expires: Number(link.searchParams.get('expires')),
        signature,
      });
      const old = await fetch(await artifacts.link({ tenantId, id: artifact.id, ttlSeconds: -1 }));
      expect([old.status, ((await old.json()) as ArtifactBody).code]).toEqual([410, 'artifact_link_expired']);
    });

    it('as an attachment where a browser would run them', async () => {
      const cases: [string, string, string][] = [
        ['text/html', '<script>alert(1)</script>', 'text/html'],
        ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
        ['application/octet-stream', ' \n<!doctype html>', 'text/html'],
        ['text/plain; charset=utf-8', '<b>x</b>', 'text/plain'],
        ['x-un/known', 'x', 'x-un/known'],
      ];
      for (const [declared, body, kept] of cases) {
        const { body: made } = await upload(server, body, { 'content-type': declared });
        expect(made.content_type, declared).toBe(kept);
        const response = await download(server, made.id);
        expect(response.headers.get('content-disposition'), declared).toMatch(/^attachment; /);
        expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
      }
      for (const body of ['<html>', '\ufeff<script>', 'MZ\x90', '#!/bin/sh\n'])
        expect((await upload(server, body, { 'content-type': 'image/jpeg' })).body.code, body).toBe('artifact_type_mismatch');
      expect((await upload(server, PNG, { 'content-type': 'image/jpeg' })).body.content_type).toBe('image/png');
    });
  });

  it('are nobody else’s', async () => {
    const { body } = await upload(server, 'mine', { 'content-type': 'text/plain' });
    const asOther = { authorization: `Bearer ${other.token}` };
    for (const [method, path] of [
      ['GET', `/api/v1/artifacts/${body.id}/`],
      ['DELETE', `/api/v1/artifacts/${body.id}/`],
      ['GET', `/api/modal/artifacts/${body.id}/download/`],
      ['GET', `/api/modal/artifacts/${body.id}/download/?inline`],
      ['GET', '/api/modal/artifacts/nonsense/download/'],
    ] as const)
      expect((await server.call(method, path, undefined, asOther)).status, path).toBe(404);
    expect((await server.call<{ results: unknown[] }>('GET', '/api/v1/artifacts/', undefined, asOther)).body.results).toEqual([]);
    expect((await server.call('GET', '/api/v1/artifacts/', undefined, { authorization: '' })).status).toBe(401);
    const { artifacts } = server.automate.api.services;
    const { id: tenantId } = await server.automate.ensureTenant('other');
    const owner = { kind: 'job', id: '1' };
    for (const call of [artifacts.get, artifacts.open, artifacts.link, artifacts.remove])
      await expect(call({ tenantId, id: body.id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(artifacts.reference({ tenantId, id: body.id, owner })).rejects.toMatchObject({ code: 'not_found' });
    expect((await download(server, body.id)).status).toBe(200);
  });

  it('are deleted, with their bytes, and that is recorded', async () => {
    const { body } = await upload(server, 'gone', { 'content-type': 'text/plain' }, '?name=gone.txt');
    const link = await linkTo(server, body.id);
    expect((await server.call('DELETE', `/api/v1/artifacts/${body.id}/`)).status).toBe(204);
    expect((await fetch(link)).status).toBe(404);
    expect(filesIn(folder()).filter((path) => path.includes(body.id))).toEqual([]);
    const record = await server.call<{ results: { target_id: string; action: string }[] }>(
      'GET',
      '/api/v1/audit/?action=artifact.delete',
    );
    expect(JSON.stringify(record.body.results[0])).toContain(body.id);
  });

  it('are shown without the secrets in their names', async () => {
    const value = 'zq-very-secret-9x';
    await server.call('POST', '/api/v1/secrets/', { name: 'IN_NAME', value, hosts: ['a.example'] });
    const { body } = await upload(server, 'x', {}, `?name=${value}.txt`);
    expect(body.name).not.toContain(value);
    const response = await download(server, body.id);
    expect([...response.headers].flat().join()).not.toContain(value);
    expect(response.status).toBe(200);
  });

  describe('are limited', () => {
    let limited: TestServer;
    beforeAll(async () => {
      limited = await createTestServer(kind, { environment: { AUTOMATE_GATEWAY_ARTIFACTS_MAX_BYTES: '3000000' } });
    });
    afterAll(() => limited?.close());
    const totalOf = async () =>
      Number(
        (
          await limited.automate.db.query<{ bytes: number }>(
            'select coalesce(sum(bytes), 0)::bigint as bytes from gateway.artifacts',
          )
        ).rows[0]?.bytes,
      );

    it('in the size of one, by the installation and by the policy, whether it is announced or not', async () => {
      for (const body of [Buffer.alloc(3_000_001), streamOf(3_000_001)]) {
        const reply = await upload(limited, body);
        expect([reply.status, reply.body.code, reply.body.detail]).toEqual([
          413,
          'artifact_too_large',
          expect.stringMatching(/3000000 bytes.*AUTOMATE_GATEWAY/),
        ]);
      }
      await setPolicy({ max_artifact_bytes: 1_000 }, limited);
      const reply = await uploadForm(limited, [['a', new Uint8Array(1_001)]]);
      expect([reply.status, reply.body.detail]).toEqual([413, expect.stringMatching(/1000 bytes.*max_artifact_bytes/)]);
      expect((await uploadForm(limited, [['a', new Uint8Array(1_000)]])).status).toBe(201);
      await setPolicy({ max_artifact_bytes: null }, limited);
    });

    it('in what all of them take, with twenty sent at once', async () => {
      const before = await totalOf();
      const most = before + 5_500_000;
      await setPolicy({ max_artifact_bytes_total: most }, limited);
      const send = (index: number): Promise<Sent> =>
        index % 2 === 0 ? upload(limited, Buffer.alloc(1_000_000)) : upload(limited, streamOf(1_000_000));
      const replies = await Promise.all(Array.from({ length: 20 }, (_, index) => send(index)));
      const kept = replies.filter(({ status }) => status === 201);
      expect(replies.filter(({ status }) => status !== 201).map(({ status, body }) => `${status} ${body.code}`)).toEqual(
        Array(20 - kept.length).fill('422 artifact_space_used_up'),
      );
      expect(kept.length).toBeGreaterThan(0);
      expect(kept.length).toBeLessThanOrEqual(5);
      expect(await totalOf()).toBe(before + kept.length * 1_000_000);
      // What was refused holds nothing: the rest fits, and then no more.
      while ((await totalOf()) + 1_000_000 <= most) expect((await upload(limited, Buffer.alloc(1_000_000))).status).toBe(201);
      expect((await upload(limited, Buffer.alloc(1_000_000))).body.code).toBe('artifact_space_used_up');
      expect((await upload(limited, Buffer.alloc(most - (await totalOf())))).status).toBe(201);
      const [any] = (await limited.call<{ results: ArtifactBody[] }>('GET', '/api/v1/artifacts/')).body.results;
      await limited.call('DELETE', `/api/v1/artifacts/${any?.id}/`);
      expect((await upload(limited, Buffer.alloc(any?.bytes ?? 0))).status).toBe(201);
      const { rows } = await limited.automate.db.query<{ bytes: number }>('select bytes from gateway.artifact_totals');
      expect(rows).toEqual([{ bytes: await totalOf() }]);
      expect((await limited.automate.db.query('select from gateway.artifact_uploads')).rows).toEqual([]);
    });

    it('in how many are sent at once', async () => {
      await setPolicy({ max_artifact_bytes_total: null }, limited);
      let refused = 0;
      const sockets = Array.from({ length: 40 }, () => {
        const socket = connect(Number(new URL(limited.url).port), '127.0.0.1').on('error', () => undefined);
        socket.on('data', (data: Buffer) => {
          if (data.includes('HTTP/1.1 429')) refused += 1;
        });
        socket.write(
          `POST /api/v1/artifacts/ HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${limited.token}\r\ncontent-length: 10\r\n\r\nabc`,
        );
        return socket;
      });
      await eventually(
        async () => refused,
        (count) => count === 8,
      );
      const busy = await upload(limited, 'x');
      expect([busy.body.code, busy.headers.get('retry-after')]).toEqual(['artifact_uploads_busy', '2']);
      for (const socket of sockets) socket.destroy();
      await eventually(
        () => upload(limited, 'x'),
        ({ status }) => status === 201,
      );
    });
  });

  describe('are swept', () => {
    const days = (count: number) => new Date(Date.now() - count * 86_400_000);
    const age = (id: string, count: number) =>
      server.automate.db.query(
        'update gateway.artifacts set unreferenced_since = $2 where id = $1 and unreferenced_since is not null',
        [id, days(count).toISOString()],
      );
    const isThere = async (id: string) => [
      (await server.call('GET', `/api/v1/artifacts/${id}/`)).status === 200,
      filesIn(folder()).some((path) => path.endsWith(id)),
    ];
    const sweepAll = async () => {
      const sweep = sweepOf(server);
      for (let count = 0; count < 16; count += 1) await sweep();
    };

    it('when nothing refers to them for long enough, or their time is over', async () => {
      const { artifacts } = server.automate.api.services;
      const { id: tenantId } = await server.automate.ensureTenant('default');
      const make = async (query = '') => (await upload(server, 'x', {}, query)).body;
      const [young, old, kept, released, ending] = [
        await make(),
        await make(),
        await make(),
        await make(),
        await make('?expires_in_seconds=3600'),
      ];
      expect(Date.parse(ending.expires_at ?? '')).toBeGreaterThan(Date.now() + 3_500_000);
      const [job, other] = [
        { kind: 'job', id: 'one' },
        { kind: 'job', id: 'two' },
      ];
      for (const owner of [job, other]) await artifacts.reference({ tenantId, id: kept.id, owner });
      await artifacts.reference({ tenantId, id: kept.id, owner: job });
      for (const owner of [job, other]) await artifacts.reference({ tenantId, id: released.id, owner });
      expect((await artifacts.get({ tenantId, id: kept.id })).unreferenced_since).toBeNull();
      await artifacts.unreference({ tenantId, owner: other });
      await artifacts.unreference({ tenantId, owner: job, id: released.id });
      for (const { id } of [old, kept, released]) await age(id, 8);
      await age(young.id, 6);
      await server.automate.db.query(`update gateway.artifacts set expires_at = now() - interval '1 second' where id = $1`, [
        ending.id,
      ]);
      expect((await download(server, ending.id)).status).toBe(404);
      await sweepAll();
      for (const { id } of [old, released, ending]) expect(await isThere(id)).toEqual([false, false]);
      for (const { id } of [young, kept]) expect(await isThere(id)).toEqual([true, true]);
      const { rows } = await server.automate.db.query<{ is_right: boolean }>(
        'select t.bytes = coalesce(sum(a.bytes), 0) as is_right from gateway.artifact_totals t left join gateway.artifacts a using (tenant_id) group by tenant_id, t.bytes',
      );
      expect(rows.every(({ is_right }) => is_right)).toBe(true);
    });

    it('when they are bytes that belong to nothing, and not before', async () => {
      const { body } = await upload(server, 'has a row');
      const known = filesIn(folder()).find((path) => path.endsWith(body.id)) as string;
      const [orphan, fresh] = [newId(), newId()].map((id) => join(known, '..', '..', id.slice(-2), id)) as [string, string];
      const underWay = join(known, '..', '..', 'tmp', newId());
      for (const path of [orphan, fresh]) {
        mkdirSync(join(path, '..'), { recursive: true });
        writeFileSync(path, 'x');
      }
      writeFileSync(underWay, 'x');
      for (const path of [orphan, underWay, known]) utimesSync(path, days(1), days(1));
      await sweepAll();
      const left = filesIn(folder());
      expect([orphan, underWay, fresh, known].map((path) => left.includes(path))).toEqual([false, false, true, true]);
    });
  });

  it('leave nothing when their sender goes away', async () => {
    const before = filesIn(folder()).length;
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `POST /api/v1/artifacts/ HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${server.token}\r\ncontent-length: 5000000\r\n\r\n`,
    );
    socket.write(Buffer.alloc(2_000_000));
    await eventually(
      async () => filesIn(folder()).length,
      (count) => count === before + 1,
    );
    socket.destroy();
    await eventually(
      async () => filesIn(folder()).length,
      (count) => count === before,
    );
  });

  it('of many megabytes go through little memory, and a process that is killed leaves no row without bytes', {
    timeout: 120_000,
  }, async () => {
    const database = await createTestDatabase(kind);
    const token = 'a-token-for-the-artifacts-test';
    const environment = { AUTOMATE_BOOTSTRAP_TOKEN: token };
    const first = await startServerProcess(database, environment);
    const at = { url: first.url, token };
    const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${first.pid}/status`, 'utf8'))?.[1]) / 1_024;
    // What a process takes for itself it has taken by then.
    const { body } = await upload(at, streamOf(100 * MEBIBYTE));
    const readAll = async () => {
      let count = 0;
      for await (const piece of (await download(at, body.id)).body ?? []) count += piece.byteLength;
      return count;
    };
    expect([body.bytes, body.sha256.length, await readAll()]).toEqual([100 * MEBIBYTE, 64, 100 * MEBIBYTE]);
    const before = peak();
    expect((await upload(at, streamOf(300 * MEBIBYTE))).body.bytes).toBe(300 * MEBIBYTE);
    expect((await uploadForm(at, [['large', Buffer.alloc(50 * MEBIBYTE)]])).body.bytes).toBe(50 * MEBIBYTE);
    expect([await readAll(), await readAll()]).toEqual([100 * MEBIBYTE, 100 * MEBIBYTE]);
    expect(peak() - before).toBeLessThan(100);

    const place = join(database.environment.AUTOMATE_DATA_DIR as string, 'artifacts');
    const endless = new AbortController();
    const sending = upload(at, streamOf(900 * MEBIBYTE, 16_384)).catch(() => undefined);
    await eventually(
      async () =>
        filesIn(place)
          .filter((path) => /\/tmp\/[0-9a-f-]{36}$/.test(path))
          .map((path) => statSync(path).size),
      (sizes) => (sizes[0] ?? 0) > MEBIBYTE,
    );
    await first.kill();
    endless.abort();
    await sending;
    const second = await startServerProcess(database, environment);
    const rows = (await second.call<{ results: ArtifactBody[] }>('GET', '/api/v1/artifacts/')).body.results;
    expect(rows).toHaveLength(3);
    for (const { id, bytes } of rows)
      expect(
        filesIn(place)
          .filter((path) => path.endsWith(id))
          .map((path) => statSync(path).size),
      ).toEqual([bytes]);
    expect(filesIn(place)).toHaveLength(4);
    await second.stop();
    await database.dispose();
  });
});

/** What the server does every ten minutes, to be waited for. */
function sweepOf({ automate, url }: TestServer): () => Promise<void> {
  const settings = z.object(artifactSettings).parse({});
  const { dataDirectory } = automate.settings;
  const logger = createLogger({ level: 'error' });
  return createArtifactParts({ ...automate.api.services, db: automate.db, logger, settings, dataDirectory, publicUrl: () => url })
    .sweep;
}
