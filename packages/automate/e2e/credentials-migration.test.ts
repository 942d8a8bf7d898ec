import { afterEach, describe, expect, it } from 'vitest';
import { type Db, migrate } from '../src/db/index.ts';
import { builtInMigrations, readMigrations } from '../src/db/migrations/sources.ts';
import { createTestDatabase, createTestServer, databaseKinds, type TestDatabase, type TestServer } from '../src/testing/index.ts';
import { openBrowser } from './support/browser.ts';

const CREDENTIALS = '0030_credentials';
const PASSWORD = 'correct horse battery staple';
const BOSS = 'boss@example.com';

describe.each(databaseKinds)('credentials of before, on %s', (kind) => {
  let database: TestDatabase;
  let server: TestServer | undefined;
  afterEach(async () => {
    await server?.close();
    await database?.dispose();
  });

  const start = (environment = {}) => createTestServer(kind, { database, hasWorker: false, environment });

  /** Puts the tables of before in place of those of today, with what stands in them. */
  async function takeBack(db: Db): Promise<void> {
    const people = readMigrations([builtInMigrations]).find(({ name }) => name === '0007_people')?.sql ?? '';
    const tables = ['accounts', 'verifications', 'two_factors'].map(
      (name) => new RegExp(`create table automate\\.${name} \\([^;]+;`).exec(people)?.[0],
    );
    await db.migrate((connection) =>
      connection.script(`
        ${tables.join('\n')}
        alter table automate.two_factors add column created_at timestamptz(3) not null default now();
        alter table automate.users add column image text;
        alter table automate.sessions add column token text;
        update automate.sessions set token = 'sha256:' || rtrim(translate(encode(hash, 'base64'), '+/', '-_'), '=');
        alter table automate.sessions drop column hash, alter column token set not null, add unique (token);
        insert into automate.accounts (id, user_id, provider_id, account_id, password)
          select gen_random_uuid(), user_id, 'credential', user_id::text, hash from automate.passwords;
        insert into automate.accounts (id, user_id, provider_id, account_id)
          select gen_random_uuid(), id, 'oidc:https://id.example.com/', 'subject of ' || email from automate.users;
        insert into automate.two_factors (id, user_id, secret, backup_codes)
          select gen_random_uuid(), id, 'sealed', 'sealed' from automate.users;
        update automate.users set two_factor_enabled = true;
        insert into automate.verifications (id, identifier, value, expires_at) values (gen_random_uuid(), 'oidc:x', 'y', now());
        drop table automate.passwords, automate.identities, automate.sign_in_flows, automate.second_factors;
        drop function automate.hold_session(bytea);
        create function automate.hold_session(stored_token text) returns boolean language sql as 'select true';
        delete from automate.migrations where name = '${CREDENTIALS}';`),
    );
  }

  it('go on: passwords, sessions and links with a provider; second factors are set up again', async () => {
    database = await createTestDatabase(kind);
    server = await start({ AUTOMATE_BOOTSTRAP_EMAIL: BOSS, AUTOMATE_BOOTSTRAP_PASSWORD: PASSWORD });
    const browser = openBrowser(server.url);
    expect((await browser.call('POST', '/api/auth/sign-in/', { email: BOSS, password: PASSWORD })).status).toBe(200);
    await server.close();
    const db = await database.open();
    await takeBack(db);
    expect(await migrate(db)).toEqual([`automate/${CREDENTIALS}`]);
    const { rows: identities } = await db.query('select issuer, subject from identities');
    expect(identities).toEqual([{ issuer: 'https://id.example.com/', subject: `subject of ${BOSS}` }]);
    const { rows: left } = await db.query(
      `select to_regclass('accounts') as accounts, to_regclass('verifications') as verifications, to_regclass('two_factors') as factors`,
    );
    expect(left).toEqual([{ accounts: null, verifications: null, factors: null }]);
    await db.close();

    server = await start();
    const moved = openBrowser(server.url);
    moved.cookie = browser.cookie;
    expect((await moved.call('GET', '/api/v1/workflows/')).status).toBe(200);
    expect((await openBrowser(server.url).call('POST', '/api/auth/sign-in/', { email: BOSS, password: PASSWORD })).status).toBe(
      200,
    );
    const begun = await moved.call('POST', '/api/auth/two-factor/', { password: PASSWORD });
    expect(begun.status).toBe(200);
    const made = await moved.call('POST', '/api/v1/api-keys/', { name: 'made with a session of before', scopes: ['*'] });
    expect(made.status).toBe(201);
  });
});
