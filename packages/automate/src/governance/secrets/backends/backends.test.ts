import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../kernel/index.ts';
import { environmentBackend } from './environment.ts';
import { fileBackend } from './file.ts';
import { vaultBackend } from './vault.ts';

const logger = createLogger({ level: 'silent' });

it('reads the variables of secrets and no others', async () => {
  const backend = environmentBackend({ STRIPE: 'sk_1' });
  expect([await backend.read('STRIPE'), await backend.read('AUTOMATE_SECRET_STRIPE')]).toEqual(['sk_1', 'sk_1']);
  for (const name of ['PATH', 'toString', '__proto__', 'DATABASE_URL'])
    await expect(backend.read(name), name).rejects.toMatchObject({ code: 'secret_not_found' });
  for (const name of ['DATABASE_URL', 'KEY', 'AUTOMATE_SECRET_KEY']) expect(backend.check(name), name).toContain('installation');
  expect([backend.check('STRIPE'), backend.check('A B')]).toEqual([undefined, expect.stringContaining('variable')]);
  for (const name of ['PATH', 'HOME', 'NODE_OPTIONS', 'AUTOMATE_BOOTSTRAP_TOKEN', 'toString', '__proto__'])
    expect(backend.check(name), name).toContain(`there is no AUTOMATE_SECRET_${name}`);
});

describe('files', () => {
  const root = mkdtempSync(join(tmpdir(), 'automate-secrets-'));
  const directory = join(root, 'secrets');
  beforeAll(() => {
    mkdirSync(join(directory, 'shop', '..data'), { recursive: true });
    writeFileSync(join(directory, 'shop', 'key'), 'file value\n');
    writeFileSync(join(directory, 'shop', '..data', 'real'), 'mounted');
    symlinkSync(join(directory, 'shop', '..data', 'real'), join(directory, 'mounted'));
    writeFileSync(join(directory, 'large'), 'x'.repeat(70_000));
    writeFileSync(join(root, 'outside'), 'not yours');
    symlinkSync(join(root, 'outside'), join(directory, 'escape'));
    symlinkSync(root, join(directory, 'up'));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('are none of our own, wherever they lie', async () => {
    const backend = fileBackend(root, directory);
    await expect(backend.read('secrets/shop/key')).rejects.toMatchObject({ code: 'secret_not_found' });
    expect(await backend.read('outside')).toBe('not yours');
    expect(fileBackend(undefined).check('stripe/key')).toContain('AUTOMATE_SECRETS_DIR');
  });

  it('are read inside of the one folder', async () => {
    const backend = fileBackend(directory);
    expect([await backend.read('shop/key'), await backend.read('mounted')]).toEqual(['file value', 'mounted']);
    for (const path of ['../outside', '/etc/passwd', 'escape', 'up/outside', 'shop/../../outside', 'missing', 'shop', '.', ''])
      await expect(backend.read(path), path).rejects.toThrow();
    await expect(backend.read('large')).rejects.toMatchObject({ code: 'secret_unavailable' });
    await expect(fileBackend(undefined).read('key')).rejects.toMatchObject({ code: 'secret_unavailable' });
    expect(['a/b', '../a', '/a', 'a//b', 'a b'].map((path) => backend.check(path) === undefined)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('Vault', () => {
  const asked: { url: string; token: unknown; namespace: unknown }[] = [];
  let status = 200;
  // The KV engine, version 2, as far as reading goes: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
  const server = createServer((request, response) => {
    asked.push({
      url: request.url ?? '',
      token: request.headers['x-vault-token'],
      namespace: request.headers['x-vault-namespace'],
    });
    const reply = (code: number, body: object) =>
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (status !== 200) return reply(status, { errors: status === 503 ? ['Vault is sealed'] : [] });
    if (request.headers['x-vault-token'] !== 'hvs.token') return reply(403, { errors: ['permission denied'] });
    const metadata = {
      created_time: '2026-01-01T00:00:00Z',
      custom_metadata: null,
      deletion_time: '',
      destroyed: false,
      version: 2,
    };
    const wrap = (data: object | null) => ({
      request_id: 'a',
      lease_id: '',
      renewable: false,
      lease_duration: 0,
      data: { data, metadata },
      wrap_info: null,
      warnings: null,
      auth: null,
    });
    if (request.url === '/v1/kv/data/shop/stripe') return reply(200, wrap({ key: 'sk_vault', port: 443 }));
    if (request.url === '/v1/kv/data/shop/gone') return reply(200, wrap(null));
    if (request.url === '/v1/kv/data/shop/odd') return reply(200, { hello: 'world' });
    return reply(404, { errors: [] });
  });
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('gives fields of its secrets, and is asked once in a while', async () => {
    const backend = vaultBackend({ url: `${url}/`, token: 'hvs.token', namespace: 'team' }, logger);
    expect(await backend.read('kv/shop/stripe#key')).toBe('sk_vault');
    expect(await backend.read('kv/shop/stripe#key')).toBe('sk_vault');
    expect(asked).toEqual([{ url: '/v1/kv/data/shop/stripe', token: 'hvs.token', namespace: 'team' }]);
    for (const [path, code] of [
      ['kv/shop/stripe#port', 'secret_not_found'],
      ['kv/shop/stripe#toString', 'secret_not_found'],
      ['kv/shop/none#key', 'secret_not_found'],
      ['kv/shop/gone#key', 'secret_not_found'],
      ['kv/shop/odd#key', 'secret_unavailable'],
    ])
      await expect(backend.read(path as string), path).rejects.toMatchObject({ code });
    for (const path of ['kv', 'kv/a', 'kv/../sys#key', 'kv/a?list=true#key', 'kv/%2e%2e/sys#key', '/kv/a#b', 'kv/a#'])
      expect(backend.check(path), path).toContain('vault://');
    await backend.close();
  });

  it('says why it gives nothing, and is asked again', async () => {
    const backend = vaultBackend({ url, token: 'hvs.token', namespace: undefined }, logger);
    status = 503;
    await expect(backend.read('kv/shop/stripe#key')).rejects.toMatchObject({
      code: 'secret_unavailable',
      message: expect.stringContaining('sealed'),
    });
    status = 200;
    expect(await backend.read('kv/shop/stripe#key')).toBe('sk_vault');
    await backend.close();
    const stranger = vaultBackend({ url, token: 'hvs.other', namespace: undefined }, logger);
    await expect(stranger.read('kv/shop/stripe#key')).rejects.toThrow('does not let this token');
    await stranger.close();
    const nowhere = vaultBackend({ url: 'http://127.0.0.1:1', token: 'x', namespace: undefined }, logger);
    await expect(nowhere.read('kv/a#b')).rejects.toThrow('does not answer');
    await nowhere.close();
    await expect(vaultBackend(undefined, logger).read('kv/a#b')).rejects.toThrow('AUTOMATE_VAULT_URL');
  });
});
