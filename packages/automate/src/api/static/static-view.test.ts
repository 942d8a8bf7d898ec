import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { getRequestListener } from '@hono/node-server';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Api,
  ApiRouter,
  allow,
  type Context,
  createFastifyServer,
  createFetchHandler,
  createNodeHandler,
  fastifyPlugin,
  IsAuthenticated,
  pagePolicy,
  StaticView,
  staticFiles,
} from '../index.ts';
import { as, createTestApi, workflowRouter } from '../test-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'automate-static-'));
const root = join(folder, 'dist');
const SCRIPT = `console.log('${'a long script '.repeat(50)}');`;
const BYTES = Buffer.from([0, 255, 128, 10, 13, 0]);
const PAGE = '<!doctype html><base href="__BASE__"><script nonce="__NONCE__" src="assets/app-AbCd1234.js"></script>';

function put(name: string, content: string | Buffer): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

put('secret.txt', 'outside');
put('dist/index.html', PAGE);
put('dist/about.html', '<!doctype html><p>about __BASE__');
put('dist/assets/app-AbCd1234.js', SCRIPT);
put('dist/assets/app-AbCd1234.js.br', brotliCompressSync(SCRIPT));
put('dist/assets/app-AbCd1234.js.gz', gzipSync(SCRIPT));
put('dist/assets/a name.css', 'a{}');
put('dist/data.bin', BYTES);
put('dist/.env', 'SECRET=1');
put('dist/.git/config', 'x');
put('extra/bundle.js', 'bundle');
put('extra/bundle.js.gz', gzipSync('bundle'));
symlinkSync(join(folder, 'secret.txt'), join(root, 'link.txt'));
symlinkSync(folder, join(root, 'up'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = staticFiles({ root, extra: { 'vendor/bundle.js': join(folder, 'extra/bundle.js') } });

class AppView extends StaticView {
  readonly files = files;
  override fallback = 'index.html';
  override corsOrigins = ['https://portal.test'];
}

class FilesView extends StaticView {
  readonly files = files;
  override permissions = allow(IsAuthenticated);
  override authentication = undefined;
  protected override contentSecurityPolicy(nonce: string, _ctx: Context): string {
    return pagePolicy({ nonce, more: { 'frame-ancestors': 'https://portal.test', 'worker-src': [] } });
  }
}

const router = new ApiRouter()
  .include('', workflowRouter())
  .view('app', AppView)
  .view('tenants/{tenant}/files', FilesView, { basename: 'files' });

interface Host {
  readonly port: number;
  close(): Promise<unknown>;
}

async function listen(server: ReturnType<typeof createServer>): Promise<Host> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

const adapters: readonly { name: string; basePath: string; start(api: Api): Promise<Host> }[] = [
  {
    name: 'Fastify server',
    basePath: '',
    async start(api) {
      const app = createFastifyServer(api);
      await app.listen({ port: 0, host: '127.0.0.1' });
      return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
    },
  },
  {
    name: 'Fastify plugin',
    basePath: '/automate',
    async start(api) {
      const app = Fastify();
      await app.register(fastifyPlugin(api), { prefix: '/automate' });
      await app.listen({ port: 0, host: '127.0.0.1' });
      return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
    },
  },
  { name: 'node:http', basePath: '/automate', start: (api) => listen(createServer(createNodeHandler(api))) },
  {
    name: 'fetch',
    basePath: '/automate',
    start: (api) =>
      listen(createServer(getRequestListener((incoming) => createFetchHandler(api)(incoming), { overrideGlobalObjects: false }))),
  },
];

describe.each(adapters)('files on $name', ({ basePath, start }) => {
  const { api, log } = createTestApi(router, { basePath });
  let host: Host;
  beforeAll(async () => {
    host = await start(api);
  });
  afterAll(() => host.close());

  /** The path goes out as it is written: `fetch` would tidy it up. */
  async function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
    const sent = request({ port: host.port, host: '127.0.0.1', path: basePath + path, method, headers });
    sent.end();
    const [reply] = (await once(sent, 'response')) as [
      NodeJS.ReadableStream & { statusCode: number; headers: IncomingHttpHeaders },
    ];
    const pieces: Buffer[] = [];
    for await (const piece of reply) pieces.push(piece as Buffer);
    return { status: reply.statusCode, headers: reply.headers, body: Buffer.concat(pieces) };
  }
  const page = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

  test('a page is filled in for one reply, under a policy with its nonce', async () => {
    const [first, second] = [await ask('/app/', page), await ask('/app')];
    const nonce = /nonce="([\w-]{24})"/.exec(first.body.toString())?.[1] as string;
    expect(first.status).toBe(200);
    expect(first.body.toString()).toBe(PAGE.replace('__NONCE__', nonce).replace('__BASE__', `${basePath}/app/`));
    expect(second.body.toString()).not.toContain(nonce);
    expect(first.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy({ nonce }),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(pagePolicy({ nonce })).toContain(`script-src 'self' 'nonce-${nonce}'; `);
    expect((await ask('/app/about.html')).body.toString()).toContain(`about ${basePath}/app/`);
  });

  test('paths of the app get its page, and files that are not there do not', async () => {
    expect((await ask('/app/workflows/018f/steps', page)).body.toString()).toContain('<!doctype html>');
    expect((await ask('/app/workflows/', page)).status).toBe(200);
    for (const path of ['/app/assets/app-00000000.js', '/app/favicon.ico', '/app/v1.2/x.png']) {
      expect([path, (await ask(path, page)).status]).toEqual([path, 404]);
    }
    const refused = await ask('/app/workflows', { accept: 'application/json' });
    expect([refused.status, JSON.parse(refused.body.toString())]).toEqual([404, expect.objectContaining({ code: 'not_found' })]);
    expect((await ask('/app/workflows', page, 'POST')).status).toBe(405);
    expect((await ask('/app/workflows', page, 'OPTIONS')).headers.allow).toBe('GET, HEAD, OPTIONS');
  });

  test('files go out compressed to whoever takes that, and whole to others', async () => {
    const path = '/app/assets/app-AbCd1234.js';
    const plain = await ask(path);
    const brotli = await ask(path, { 'accept-encoding': 'gzip, deflate, br' });
    const gzip = await ask(path, { 'accept-encoding': 'gzip;q=1.0, br;q=0.5' });
    expect(plain.body.toString()).toBe(SCRIPT);
    expect(brotliDecompressSync(brotli.body).toString()).toBe(SCRIPT);
    expect(gunzipSync(gzip.body).toString()).toBe(SCRIPT);
    expect([plain, brotli, gzip].map(({ headers }) => headers['content-encoding'])).toEqual([undefined, 'br', 'gzip']);
    expect(new Set([plain, brotli, gzip].map(({ headers }) => headers.etag)).size).toBe(3);
    expect(brotli.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': String(brotli.body.length),
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Origin, Accept-Encoding',
    });
    for (const refusing of ['br;q=0, gzip;q=0', 'identity', '*;q=0', 'zstd']) {
      expect([refusing, (await ask(path, { 'accept-encoding': refusing })).body.toString()]).toEqual([refusing, SCRIPT]);
    }
    expect(gunzipSync((await ask('/app/vendor/bundle.js', { 'accept-encoding': 'gzip' })).body).toString()).toBe('bundle');
    for (const hidden of ['.br', '.gz']) expect((await ask(path + hidden)).status).toBe(404);
  });

  test('what has no hash in its name is asked for again', async () => {
    const whole = await ask('/app/data.bin', { origin: 'https://portal.test' });
    expect(whole.body).toEqual(BYTES);
    expect(whole.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '6',
      'cache-control': 'no-cache',
      'access-control-allow-origin': 'https://portal.test',
      vary: 'Origin',
    });
    const known = await ask('/app/data.bin', { 'if-none-match': `"other", ${whole.headers.etag}` });
    expect([known.status, known.body.length, known.headers.etag]).toEqual([304, 0, whole.headers.etag]);
    const script = '/app/assets/app-AbCd1234.js';
    const encoded = await ask(script, { 'accept-encoding': 'br' });
    const again = { 'accept-encoding': 'br', 'if-none-match': encoded.headers.etag as string };
    expect((await ask(script, again)).status).toBe(304);
    expect((await ask(script, { ...again, 'accept-encoding': 'gzip' })).status).toBe(200);
  });

  test('HEAD tells what GET would, without the body', async () => {
    for (const path of ['/app/', '/app/data.bin', '/app/assets/app-AbCd1234.js']) {
      const [head, got] = [await ask(path, {}, 'HEAD'), await ask(path)];
      const told = ({ headers }: typeof got) => ['content-type', 'content-length', 'etag', 'vary'].map((name) => headers[name]);
      expect([path, head.status, head.body.length, ...told(head)]).toEqual([path, 200, 0, ...told(got)]);
      expect(Number(head.headers['content-length'])).toBeGreaterThan(0);
    }
  });

  test('nothing outside of the folder can be had, however its path is written', async () => {
    const written = [
      '/app/../secret.txt',
      '/app/..%2fsecret.txt',
      '/app/%2e%2e/secret.txt',
      '/app/%2e%2e%2fsecret.txt',
      '/app/..%5csecret.txt',
      '/app/..\\secret.txt',
      '/app/assets/../../secret.txt',
      '/app/assets/..%2f..%2fsecret.txt',
      '/app/%252e%252e/secret.txt',
      '/app//secret.txt',
      '/app//etc/passwd',
      '/app/.env',
      '/app/.git/config',
      '/app/link.txt',
      '/app/up/secret.txt',
      '/app/assets%2fapp-AbCd1234.js',
      '/app/assets//app-AbCd1234.js',
      '/app/./data.bin',
      '/app/data.bin%00.js',
      '/app/DATA.bin',
      '/app/data.bin.gz',
      '/app/__proto__',
      '/app/constructor',
    ];
    for (const path of written) {
      const reply = await ask(path);
      // Where the host tidies a path up itself, it may be one of the app.
      expect([path, reply.status === 404 || reply.status === 400 || reply.body.equals(BYTES)]).toEqual([path, true]);
      expect([path, reply.body.toString()]).toEqual([path, expect.not.stringMatching(/outside|SECRET|root:/)]);
    }
    expect((await ask('/app/..%2f..%2fetc/passwd', page)).status).toBe(404);
    expect((await ask('/app/%zz', page)).status).toBe(400);
    expect((await ask('/app/assets/a%20name.css')).body.toString()).toBe('a{}');
    expect(log).toEqual([]);
  });

  test('a view may say who gets its files, and whose page may frame it', async () => {
    expect((await ask('/tenants/7/files/data.bin')).status).toBe(401);
    const file = await ask('/tenants/7/files/assets/app-AbCd1234.js', as('alice'));
    expect([file.status, file.headers['cache-control']]).toEqual([200, 'private, max-age=31536000, immutable']);
    const about = await ask('/tenants/a%20b/files/about.html', as('alice'));
    expect(about.body.toString()).toContain(`about ${basePath}/tenants/a%20b/files/`);
    expect(about.headers['content-security-policy']).toMatch(/frame-ancestors https:\/\/portal.test$/);
    expect(about.headers['content-security-policy']).not.toContain('worker-src');
    // It has no page of its own.
    for (const path of ['/tenants/7/files/', '/tenants/7/files/x']) {
      expect([path, (await ask(path, { ...as('alice'), ...page })).status]).toEqual([path, 404]);
    }
  });
});

test('links lead into a folder, and no document tells of its files', () => {
  const { api } = createTestApi(router, { basePath: '/automate' });
  expect(api.reverse('app.file', { path: 'assets/a name.css' })).toBe('/automate/app/assets/a%20name.css');
  expect(api.openapi()).not.toContain('/app/');
});

test('what cannot work stops the start', () => {
  class Missing extends StaticView {
    readonly files = staticFiles({ root: join(folder, 'nowhere') });
    override fallback = 'index.html';
  }
  class NoPage extends StaticView {
    readonly files = files;
    override fallback = 'app.html';
  }
  class NoExtra extends StaticView {
    readonly files = staticFiles({ root, extra: { 'a.js': join(folder, 'a.js') } });
    override fallback = 'index.html';
  }
  expect(() => createTestApi(new ApiRouter().view('app', Missing))).toThrow('build them first');
  expect(() => createTestApi(new ApiRouter().view('app', NoExtra))).toThrow('a.js');
  expect(() => createTestApi(new ApiRouter().view('app', NoPage))).toThrow('falls back to "app.html"');
  expect(() => new ApiRouter().view('', AppView).routes()).toThrow('{name*}');
  expect(() => new ApiRouter().view('a/{rest*}/b', AppView).routes()).toThrow('{name*}');
});

test('of a folder, those files are served that are asked for', () => {
  const some = staticFiles({ root, include: /^assets\/.*\.js(?:\.br)?$/, extra: { 'b.js': join(folder, 'extra/bundle.js') } });
  expect(some.names).toEqual(['assets/app-AbCd1234.js', 'b.js']);
  expect(some.find('assets/app-AbCd1234.js')?.variant('gzip').encoding).toBe('identity');
  expect(some.find('assets/app-AbCd1234.js')?.variant('br').encoding).toBe('br');
  expect(some.find('about.html')).toBeUndefined();
  expect(some.version).not.toBe(files.version);
});

test('a version changes with any of the files, and with nothing else', () => {
  const before = staticFiles({ root }).version;
  expect(staticFiles({ root }).version).toBe(before);
  put('dist/data2.bin', 'x');
  expect(staticFiles({ root }).version).not.toBe(before);
  expect(files.names).not.toContain('data2.bin');
});

test('the landing page is one that is there', () => {
  const landing = (given?: string) =>
    createTestApi(router, { basePath: '/automate', ...(given && { landing: given }) }).api.landing();
  expect(landing()).toBe('/automate/');
  expect(landing('app.get')).toBe('/automate/app/');
  expect(landing('/app/workflows/?open=1#top')).toBe('/automate/app/workflows/?open=1#top');
  for (const wrong of ['/nowhere/', '/api/v1/workflows/x/activate/']) expect(() => landing(wrong)).toThrow('AUTOMATE_LANDING');
});
