import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeyring, createSecrets } from '../src/governance/index.ts';
import { secretSettingsOf } from '../src/governance/secrets/settings.ts';
import { createLogger, loadSettings } from '../src/kernel/index.ts';
import { createTestDatabase, createTestServer, databaseKinds, type TestDatabase, type TestServer } from '../src/testing/index.ts';
import { eventually } from './support/executions.ts';
import { sized } from './support/lanes.ts';
import { startServerProcess } from './support/server-process.ts';

interface MasterKey {
  readonly version: number;
  readonly values: number;
  readonly retired_at: string | null;
}

const KEYS = '/api/v1/master-keys/';
const SECRETS = '/api/v1/secrets/';
const COUNT = sized(2_000, 10_000);

/** Secrets as they come into being, but faster than over HTTP. */
async function fill(database: Pick<TestDatabase, 'open'> | TestServer, count: number): Promise<void> {
  const server = database as TestServer;
  const { sealValue } = await import('../src/governance/secrets/envelope.ts');
  const { db } = server.automate;
  const keyring = await createKeyring({ db, rootKeys: [rootKey] });
  const { id: tenantId } = await server.automate.ensureTenant('default');
  for (let start = 0; start < count; start += 1_000) {
    const rows = await Promise.all(
      Array.from({ length: Math.min(1_000, count - start) }, async (_, index) => {
        const name = `S${start + index}`;
        return { name, ...(await sealValue(keyring, { tenantId, name, version: 1 }, `value of ${name}`)) };
      }),
    );
    await db.query(
      `with made as (
         insert into secrets (id, tenant_id, name, created_by) select gen_random_uuid(), $1, name, 'test' from unnest($2::text[]) as n (name)
         returning id, name)
       insert into secret_versions (secret_id, tenant_id, version, sealed, data_key, master_version)
       select made.id, $1, 1, n.sealed, n.data_key, n.master_version
       from unnest($2::text[], $3::bytea[], $4::bytea[], $5::int[]) as n (name, sealed, data_key, master_version) join made using (name)`,
      [
        tenantId,
        rows.map((row) => row.name),
        rows.map((row) => row.sealed),
        rows.map((row) => row.data_key),
        rows.map((row) => row.master_version),
      ],
    );
  }
  await keyring.close();
}

const rootKey = 'a-key-that-only-tests-use-0123456789abcdef';

describe.each(databaseKinds)('the rotation of the master key on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind);
    await fill(server, COUNT);
  });
  afterAll(() => server?.close());

  const keys = async () => (await server.call<{ results: MasterKey[] }>('GET', KEYS)).body.results;

  it(`wraps ${COUNT} secrets anew while they are read and written, and no read fails`, async () => {
    const { db } = server.automate;
    const keyring = await createKeyring({ db, rootKeys: [rootKey] });
    await keyring.open();
    const logger = createLogger({ level: 'silent' });
    const secrets = await createSecrets({
      db,
      keyring,
      logger,
      policies: server.automate.policies,
      settings: secretSettingsOf({}, loadSettings({ AUTOMATE_DATA_DIR: '.automate' })),
    });
    const { id: tenantId } = await server.automate.ensureTenant('default');
    let isOver = false;
    let reads = 0;
    let writes = 0;
    const wrong: string[] = [];
    const readers = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const name = `S${Math.floor(Math.random() * COUNT)}`;
        const [found] = await secrets.resolve(tenantId, [name]).catch((error: unknown) => [{ value: String(error) }]);
        if (found?.value !== `value of ${name}`) wrong.push(`${name}: ${found?.value}`);
        reads += 1;
      }
    });
    const writer = (async () => {
      while (!isOver) {
        const name = `W${writes}`;
        const made = await server.call<{ id: string }>('POST', SECRETS, { name, value: `value of ${name}` });
        const rotated = await server.call('POST', `${SECRETS}${made.body.id}/rotate/`, { value: `newer value of ${name}` });
        if (made.status !== 201 || rotated.status !== 200) wrong.push(`${name}: ${made.status} ${rotated.status}`);
        const [found] = await secrets.resolve(tenantId, [name]);
        if (found?.value !== `newer value of ${name}`) wrong.push(`${name}: ${found?.value}`);
        writes += 1;
      }
    })();
    const started = await server.call<{ version: number; job_id: string }>('POST', `${KEYS}rotate/`);
    expect([started.status, started.body.version]).toEqual([202, 2]);
    const left = (all: readonly MasterKey[]) =>
      all.filter(({ version }) => version < 2).reduce((sum, { values }) => sum + values, 0);
    const after = await eventually(keys, (all) => left(all) === 0 && all.some(({ retired_at }) => retired_at !== null), 110_000);
    isOver = true;
    await Promise.all([...readers, writer]);
    expect(wrong.slice(0, 5)).toEqual([]);
    expect([reads > 20, writes > 0]).toEqual([true, true]);
    expect(after.find(({ version }) => version === 2)?.values).toBeGreaterThanOrEqual(COUNT);
    await secrets.close();
    await keyring.close();
  }, 120_000);

  it('is for staff alone, and written down', async () => {
    const { id: tenantId } = await server.automate.ensureTenant('default');
    const key = await server.automate.apiKeys.create({ tenantId, name: 'no staff', scopes: ['*'], isStaff: false });
    expect((await server.call('POST', `${KEYS}rotate/`, undefined, { authorization: `Bearer ${key.value}` })).status).toBe(403);
    const { rows } = await server.automate.db.query(`select 1 from audit_entries where action = 'master_key.rotate'`);
    expect(rows).toHaveLength(1);
  });
});

describe('the keys of an installation', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase('postgres');
  });
  afterAll(() => database?.dispose());

  const bootstrap = 'rotation_token_0123456789';
  const start = (environment: Record<string, string>) =>
    startServerProcess(database, { AUTOMATE_BOOTSTRAP_TOKEN: bootstrap, ...environment });
  const [first, second] = ['the-first-root-key-0123456789abcdefgh', 'the-second-root-key-0123456789abcdefg'];

  it('refuse a start with another AUTOMATE_SECRET_KEY, and take over what the one before wrapped', async () => {
    const one = await start({ AUTOMATE_SECRET_KEY: first });
    const value = 'value under the first key';
    expect((await one.call('POST', SECRETS, { name: 'KEPT', value })).status).toBe(201);
    await expect(start({ AUTOMATE_SECRET_KEY: second })).rejects.toThrow(/AUTOMATE_SECRET_KEY_PREVIOUS/);
    // Both run side by side while processes are replaced one after the other.
    const two = await start({ AUTOMATE_SECRET_KEY: second, AUTOMATE_SECRET_KEY_PREVIOUS: first });
    expect((await two.call('POST', SECRETS, { name: 'LATER', value })).status).toBe(201);
    await one.stop();
    await two.stop();
    const three = await start({ AUTOMATE_SECRET_KEY: second });
    const db = await database.open();
    const keyring = await createKeyring({ db, rootKeys: [second] });
    await keyring.open();
    const settings = secretSettingsOf({}, loadSettings({ AUTOMATE_DATA_DIR: '.automate' }));
    const policies = { requiring: () => () => undefined };
    const secrets = await createSecrets({ db, keyring, settings, policies, logger: createLogger({ level: 'silent' }) });
    const { rows } = await db.query<{ id: string }>(`select id from tenants where slug = 'default'`);
    const found = await secrets.resolve(rows[0]?.id ?? '', ['KEPT', 'LATER']);
    expect(found.map((secret) => secret.value)).toEqual([value, value]);
    await secrets.close();
    await keyring.close();
    await db.close();
    await three.kill();
  });
});
