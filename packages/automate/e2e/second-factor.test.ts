import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { type Browser, openBrowser } from './support/browser.ts';
import { eventually } from './support/executions.ts';
import { startServerProcess } from './support/server-process.ts';
import { totp } from './support/totp.ts';

const PASSWORD = 'correct horse battery staple';
const BOSS = 'boss@example.com';
const tokenIn = (link: string | undefined) => link?.split('#token=')[1] ?? '';

interface Factor {
  readonly secret: string;
  readonly codes: readonly string[];
}

describe.each(databaseKinds)('the second factor on %s', (kind) => {
  let server: TestServer;
  let serial = 0;
  beforeAll(async () => {
    server = await createTestServer(kind, {
      hasWorker: false,
      environment: {
        AUTOMATE_BOOTSTRAP_EMAIL: BOSS,
        AUTOMATE_BOOTSTRAP_PASSWORD: PASSWORD,
        AUTOMATE_API_TRUST_PROXY: 'true',
        AUTOMATE_LOG_LEVEL: 'fatal',
      },
    });
  });
  afterAll(() => server?.close());

  const query = async <Row>(text: string, values: unknown[] = []) => (await server.automate.db.query<Row>(text, values)).rows;
  const asOwner = (script: string) => server.automate.db.migrate((connection) => connection.script(script));
  /** From another network each time: how often somebody may try from one is not what this is about. */
  const post = <Body = { code?: string; detail?: string }>(browser: Browser, path: string, body: unknown = {}) => {
    serial += 1;
    return browser.call<Body>('POST', path, body, { 'x-forwarded-for': `198.51.${serial >> 8}.${serial & 255}` });
  };
  const signIn = async (email: string, code?: string, password = PASSWORD) => {
    const browser = openBrowser(server.url);
    const reply = await post(browser, '/api/auth/sign-in/', { email, password, ...(code !== undefined && { code }) });
    return { ...reply, browser };
  };
  const outcome = async (...given: Parameters<typeof signIn>) => {
    const { status, body } = await signIn(...given);
    return status === 200 ? 200 : body.code;
  };
  const byLink = async (token: string, code: string) => {
    const { status, body } = await post(openBrowser(server.url), '/api/auth/link/', { token, code });
    return status === 200 ? 200 : body.code;
  };
  const newLink = async () => tokenIn(await server.automate.startLink());
  const sessionsOf = async (email: string) =>
    (await query('select 1 from sessions where user_id = (select id from users where email = $1)', [email])).length;
  const failuresOf = async (email: string) =>
    (
      await query<{ failures: number }>(
        'select f.failures from second_factors f join users u on u.id = f.user_id where u.email = $1',
        [email],
      )
    )[0]?.failures;
  /** As if so much time had passed. */
  const pass = (email: string, change: string) =>
    query(`update second_factors set ${change} where user_id = (select id from users where email = $1)`, [email]);
  const laterThanCodes = (email: string) => pass(email, 'last_step = last_step - 5');

  async function join(email: string): Promise<Browser> {
    const { body } = await server.call<{ link: string }>('POST', '/api/v1/invitations/', { email, role: 'viewer' });
    const browser = openBrowser(server.url);
    const given = { token: tokenIn(body.link), name: 'Somebody', password: PASSWORD };
    expect((await post(browser, '/api/auth/accept-invitation/', given)).status).toBe(200);
    return browser;
  }
  async function begin(browser: Browser): Promise<Factor> {
    const reply = await post<{ uri: string; backup_codes: string[] }>(browser, '/api/auth/two-factor/', { password: PASSWORD });
    expect([reply.status, reply.headers.get('cache-control')]).toEqual([200, 'no-store']);
    return { secret: new URL(reply.body.uri).searchParams.get('secret') ?? '', codes: reply.body.backup_codes };
  }
  const confirm = (browser: Browser, code: string) => post(browser, '/api/auth/two-factor/confirm/', { code });
  async function enable(browser: Browser): Promise<Factor & { readonly confirmedBy: string }> {
    const factor = await begin(browser);
    const confirmedBy = totp(factor.secret);
    expect((await confirm(browser, confirmedBy)).status).toBe(204);
    return { ...factor, confirmedBy };
  }

  it('takes a code once, whatever it was taken for', async () => {
    const email = 'once@example.com';
    const { secret, confirmedBy } = await enable(await join(email));
    expect(await outcome(email, confirmedBy), 'it has confirmed the factor').toBe('sign_in_failed');
    const next = totp(secret, 1);
    expect(await outcome(email, next)).toBe(200);
    expect(await outcome(email, next)).toBe('sign_in_failed');
    expect(await outcome(email, confirmedBy), 'nor one of before').toBe('sign_in_failed');
    await laterThanCodes(email);
    expect(await outcome(email, totp(secret))).toBe(200);
  });

  it('takes it once of two who come at once', async () => {
    const email = 'both@example.com';
    const { secret, codes } = await enable(await join(email));
    const before = await sessionsOf(email);
    for (const code of [totp(secret, 1), codes[0]]) {
      const all = await Promise.all([1, 2, 3].map(() => outcome(email, code)));
      expect(all.map(String).sort(), code).toEqual(['200', 'sign_in_failed', 'sign_in_failed']);
    }
    expect(await sessionsOf(email)).toBe(before + 2);
    expect(await outcome(email, codes[0])).toBe('sign_in_failed');
    expect(await outcome(email, codes[1])).toBe(200);
  });

  it('does not count before it is confirmed', async () => {
    const email = 'pending@example.com';
    const browser = await join(email);
    const first = await begin(browser);
    expect(await outcome(email)).toBe(200);
    expect(await outcome(email, '000000'), 'nobody asks for it').toBe(200);
    const second = await begin(browser);
    expect((await confirm(browser, totp(first.secret))).body.code, 'another took its place').toBe('sign_in_failed');
    expect(await outcome(email)).toBe(200);
    expect((await confirm(browser, totp(second.secret))).status).toBe(204);
    expect(await outcome(email)).toBe('two_factor_required');
    expect(await outcome(email, first.codes[0]), 'nor do the codes of the first').toBe('sign_in_failed');
    expect((await confirm(browser, totp(second.secret, 1))).body.code, 'nothing waits for it').toBe('sign_in_failed');
    expect(await outcome(email, second.codes[0])).toBe(200);
  });

  it('is given up with the password alone, and is set up anew only then', async () => {
    const email = 'over@example.com';
    const browser = await join(email);
    const { secret, codes } = await enable(browser);
    const again = await post(browser, '/api/auth/two-factor/', { password: PASSWORD });
    expect([again.status, again.body.code]).toEqual([409, 'conflict']);
    expect(await outcome(email), 'that has changed nothing').toBe('two_factor_required');
    const other = (await signIn(email, codes[0])).browser;
    const wrong = await post(browser, '/api/auth/two-factor/disable/', { password: 'not the password' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'sign_in_failed']);
    expect((await post(browser, '/api/auth/two-factor/disable/', { password: PASSWORD })).status).toBe(204);
    const look = async (by: Browser) => (await by.call('GET', '/api/v1/workflows/')).status;
    expect([await look(browser), await look(other)]).toEqual([200, 401]);
    expect(await outcome(email)).toBe(200);
    await enable(browser);
    for (const code of [totp(secret, 1), codes[1]]) expect(await outcome(email, code)).toBe('sign_in_failed');
  });

  it('is locked for a quarter of an hour by ten wrong codes in a row, by whatever way and from wherever', async () => {
    const boss = (await signIn(BOSS)).browser;
    const { secret, codes } = await enable(boss);
    const wrongs = async (count: number) => {
      for (let index = 0; index < count; index += 1) {
        const code = index % 2 === 0 ? '000000' : `wrong-${index}`;
        expect(index % 3 === 0 ? await byLink(await newLink(), code) : await outcome(BOSS, code)).toBe('sign_in_failed');
      }
    };
    await wrongs(9);
    expect(await failuresOf(BOSS), 'counted, though nothing else is kept of a sign-in that failed').toBe(9);
    expect(await outcome(BOSS, totp(secret, 1)), 'a right one').toBe(200);
    expect(await failuresOf(BOSS)).toBe(0);
    await wrongs(10);
    const locked = await signIn(BOSS, codes[0]);
    expect([locked.status, locked.body.code]).toEqual([429, 'rate_limited']);
    const seconds = Number(locked.headers.get('retry-after'));
    expect(seconds > 880 && seconds <= 900, String(seconds)).toBe(true);
    expect(await byLink(await newLink(), codes[0] ?? '')).toBe('rate_limited');
    expect(await outcome(BOSS, codes[0], 'not the password'), 'that tells nobody who has no password').toBe('sign_in_failed');
    expect((await boss.call('GET', '/api/v1/workflows/')).status, 'who is in stays in').toBe(200);
    await pass(BOSS, `locked_until = locked_until - interval '15 minutes'`);
    await wrongs(9);
    expect(await outcome(BOSS, codes[0]), 'counted anew, and the code was not used up').toBe(200);
    expect((await post(boss, '/api/auth/two-factor/disable/', { password: PASSWORD })).status).toBe(204);
  });

  describe('when a sign-in fails between its steps', () => {
    afterEach(() => asOwner('drop trigger if exists breaks on automate.audit_entries; drop function if exists automate.breaks'));
    /** The last step: nobody comes in unnoted. */
    const breakRecords = () =>
      asOwner(`
        create or replace function automate.breaks() returns trigger language plpgsql as $$ begin raise exception 'the disk is on fire'; end $$;
        create trigger breaks before insert on automate.audit_entries for each row execute function automate.breaks();`);
    const mend = () => asOwner('drop trigger breaks on automate.audit_entries');

    it('has used up no code and no link, has begun no session, and has counted nothing', async () => {
      const boss = (await signIn(BOSS)).browser;
      const { secret, codes } = await enable(boss);
      expect(await outcome(BOSS, '000000')).toBe('sign_in_failed');
      const link = await newLink();
      const before = await sessionsOf(BOSS);
      await breakRecords();
      const code = totp(secret, 1);
      for (const given of [code, codes[0] ?? '', '000000'])
        expect([(await signIn(BOSS, given)).status, await byLink(link, given)], given).toEqual([500, 'internal']);
      expect([await sessionsOf(BOSS), await failuresOf(BOSS)]).toEqual([before, 1]);
      await mend();
      expect(await byLink(link, codes[0] ?? '')).toBe(200);
      expect(await outcome(BOSS, code)).toBe(200);
      expect((await post(boss, '/api/auth/two-factor/disable/', { password: PASSWORD })).status).toBe(204);
    });

    it('has changed nothing of the factor either', async () => {
      const email = 'half@example.com';
      const browser = await join(email);
      const { secret } = await begin(browser);
      await breakRecords();
      const code = totp(secret);
      expect((await confirm(browser, code)).status).toBe(500);
      await mend();
      expect(await outcome(email)).toBe(200);
      expect((await confirm(browser, code)).status, 'with the session of before').toBe(204);
      await breakRecords();
      expect((await post(browser, '/api/auth/two-factor/disable/', { password: PASSWORD })).status).toBe(500);
      await mend();
      expect(await outcome(email)).toBe('two_factor_required');
      expect(await outcome(email, totp(secret, 1))).toBe(200);
    });

    it('has accepted no invitation', async () => {
      const email = 'invited@example.com';
      const { body } = await server.call<{ link: string }>('POST', '/api/v1/invitations/', { email, role: 'viewer' });
      const given = { token: tokenIn(body.link), name: 'Somebody', password: PASSWORD };
      await asOwner(`
        create or replace function automate.breaks() returns trigger language plpgsql as $$ begin raise exception 'the disk is on fire'; end $$;
        create trigger breaks before insert on automate.audit_entries for each row when (new.action = 'session.sign_in') execute function automate.breaks();`);
      const accept = async () => (await post(openBrowser(server.url), '/api/auth/accept-invitation/', given)).status;
      expect(await accept()).toBe(500);
      expect(await query('select 1 from users where email = $1', [email])).toEqual([]);
      await mend();
      expect([await accept(), await accept()]).toEqual([200, 400]);
    });
  });
});

describe('a sign-in that waits, on postgres', () => {
  it('is refused when the password was changed meanwhile, and has used up no code when its process is killed', async () => {
    const database = await createTestDatabase('postgres');
    const environment = { AUTOMATE_BOOTSTRAP_EMAIL: BOSS, AUTOMATE_BOOTSTRAP_PASSWORD: PASSWORD };
    let server = await startServerProcess(database, environment);
    const db = await database.open();
    const browser = openBrowser(server.url);
    const signIn = (code?: string, by = openBrowser(server.url)) =>
      by.call('POST', '/api/auth/sign-in/', { email: BOSS, password: PASSWORD, ...(code !== undefined && { code }) });
    expect((await signIn(undefined, browser)).status).toBe(200);
    const { body } = await browser.call<{ uri: string; backup_codes: [string, string] }>('POST', '/api/auth/two-factor/', {
      password: PASSWORD,
    });
    const secret = new URL(body.uri).searchParams.get('secret') ?? '';
    expect((await browser.call('POST', '/api/auth/two-factor/confirm/', { code: totp(secret) })).status).toBe(204);
    const [one, other] = body.backup_codes;
    const locked = `select 1 from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()`;
    const waiting = () =>
      eventually(
        async () => (await db.query(locked)).rows.length,
        (count) => count > 0,
      );

    // It has taken the code and begun the session, and waits to write that down.
    let killed: Promise<unknown> | undefined;
    await db.transaction(async (transaction) => {
      await transaction.query('select 1 from audit_heads for update');
      killed = signIn(one).catch(() => 'gone');
      await waiting();
      await server.kill();
    });
    expect(await killed).toBe('gone');
    server = await startServerProcess(database, environment);
    expect((await signIn(one)).status).toBe(200);

    // It has checked the password, and waits for the account.
    let refused: ReturnType<typeof signIn> | undefined;
    await db.transaction(async (transaction) => {
      await transaction.query('select 1 from users where email = $1 for update', [BOSS]);
      refused = signIn(other);
      await waiting();
      await transaction.query('update passwords set hash = hash || $1', ['=']);
    });
    expect((await refused)?.status).toBe(401);
    await db.query('update passwords set hash = rtrim(hash, $1)', ['=']);
    expect((await signIn(other)).status, 'and the code was not used up').toBe(200);
    await server.stop();
    await db.close();
    await database.dispose();
  });
});
