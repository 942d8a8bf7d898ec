import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../src/testing/index.ts';
import { openBrowser } from './support/browser.ts';
import { runCli } from './support/server-process.ts';

const PASSWORD = 'correct horse battery staple';

// Each run is a process that loads the whole product: on a busy machine they take their time.
describe('the command line, for people and keys', { timeout: 240_000 }, () => {
  let server: TestServer;
  let environment: Record<string, string>;
  let powerless: Record<string, string>;
  beforeAll(async () => {
    server = await createTestServer('postgres');
    environment = {
      AUTOMATE_URL: server.url,
      AUTOMATE_TOKEN: server.token,
      AUTOMATE_DATA_DIR: server.database.environment.AUTOMATE_DATA_DIR,
    };
    const { id: tenantId } = await server.automate.ensureTenant('default');
    const key = await server.automate.apiKeys.create({ tenantId, name: 'no staff', scopes: ['*'], isStaff: false });
    powerless = { ...environment, AUTOMATE_TOKEN: key.value };
  });
  afterAll(() => server?.close());

  const run = (line: string, env = environment) => runCli(line.split(' '), env);
  const linkIn = (text: string) => /http\S+\/reset-password\/#token=([\w-]{43})/.exec(text)?.[1] ?? '';
  const choose = (token: string) =>
    openBrowser(server.url)
      .call('POST', '/api/auth/reset-password/', { token, password: PASSWORD })
      .then(({ status }) => status);
  const signIn = (email: string) =>
    openBrowser(server.url)
      .call('POST', '/api/auth/sign-in/', { email, password: PASSWORD })
      .then(({ status }) => status);

  it('makes a user, with a link that works once', async () => {
    const made = await run('user create Ada@example.com --name Ada --role editor --staff');
    expect([made.code, made.stderr]).toEqual([0, '']);
    expect(made.stdout).toContain('ada@example.com is editor and staff.');
    const token = linkIn(made.stdout);
    expect([await choose(token), await choose(token), await signIn('ada@example.com')]).toEqual([204, 400, 200]);
    const json = await run('user create grace@example.com --json');
    expect(json.code).toBe(0);
    const user = JSON.parse(json.stdout) as { email: string; name: string; is_staff: boolean; link: string };
    expect(user).toMatchObject({ email: 'grace@example.com', name: 'grace', is_staff: false });
    expect(await choose(linkIn(user.link))).toBe(204);
  });

  it('makes no user of what cannot be one, and says why', async () => {
    for (const [line, reason] of [
      ['user create', 'missing required argument'],
      ['user create nonsense', 'must be an e-mail address'],
      ['user create x@example.com --role king', '/role'],
      ['user create ada@example.com', 'There is an account for ada@example.com already'],
      ['user create x@example.com --colour red', 'unknown option'],
      ['user invent x@example.com', 'unknown command'],
    ] as const) {
      const { code, stdout, stderr } = await run(line);
      expect([code, stdout], line).toEqual([1, '']);
      expect(stderr, line).toContain(reason);
      expect(stderr, line).not.toMatch(/\n\s+at /);
    }
    const json = await run('user create nonsense --json');
    expect([json.code, JSON.parse(json.stdout)]).toEqual([
      1,
      { error: { code: 'request_failed', message: expect.stringContaining('/email') } },
    ]);
    const refused = await run('user create x@example.com', powerless);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('403')]);
    const { rows } = await server.automate.db.query(`select 1 from users where email like 'x@%'`);
    expect(rows).toEqual([]);
  });

  it('prints a link to choose a new password, which voids the one before', async () => {
    const first = await run('user reset grace@example.com');
    const second = await run('user reset GRACE@example.com --json');
    expect([first.code, second.code]).toEqual([0, 0]);
    const { link } = JSON.parse(second.stdout) as { link: string };
    expect([await choose(linkIn(first.stdout)), await choose(linkIn(link))]).toEqual([400, 204]);
    for (const email of ["x'--", '']) {
      const { code, stdout, stderr } = await runCli(['user', 'reset', email], environment);
      expect([code, stdout], email).toEqual([1, '']);
      expect(stderr, email).toMatch(/^automate: [^\n]+\n$/);
    }
    const json = await run('user reset nobody@example.com --json');
    expect([json.code, JSON.parse(json.stdout)]).toEqual([
      1,
      { error: { code: 'not_found', message: 'There is no account for nobody@example.com.' } },
    ]);
    expect((await run('user reset grace@example.com', powerless)).code).toBe(1);
  });

  it('lists users', async () => {
    const text = await run('user list');
    expect([text.code, text.stdout]).toEqual([0, 'ada@example.com  Ada  staff\ngrace@example.com  grace\n']);
    await server.call('PATCH', `/api/v1/users/${JSON.parse((await run('user list --json')).stdout).results[1].id}/`, {
      disabled: true,
    });
    expect((await run('user list')).stdout).toContain('grace@example.com  grace  disabled');
    const json = JSON.parse((await run('user list --json')).stdout) as { results: { email: string }[] };
    expect(json.results.map(({ email }) => email)).toEqual(['ada@example.com', 'grace@example.com']);
    expect((await run('user list', powerless)).code).toBe(1);
    const nowhere = await run('user list --json', { ...environment, AUTOMATE_URL: 'http://127.0.0.1:9' });
    expect([nowhere.code, JSON.parse(nowhere.stdout).error.code]).toEqual([1, 'request_failed']);
  });

  it('rotates the master key and waits until it wraps everything', async () => {
    for (const name of ['ONE', 'TWO'])
      expect((await server.call('POST', '/api/v1/secrets/', { name, value: `value of ${name}` })).status).toBe(201);
    const text = await run('keys rotate');
    expect([text.code, text.stderr]).toEqual([0, '']);
    expect(text.stdout).toMatch(/^master key 2 is in use; job [0-9a-f-]{36} wraps the rest with it\n(\d+ values left\n)*done: /);
    const json = await run('keys rotate --json');
    expect([json.code, JSON.parse(json.stdout)]).toEqual([0, { version: 3, job_id: expect.any(String), left: 0 }]);
    const hasty = await run('keys rotate --json --no-wait');
    expect([hasty.code, JSON.parse(hasty.stdout).version]).toEqual([0, 4]);
    const list = JSON.parse((await run('keys list --json')).stdout) as {
      results: { version: number; retired_at: string | null }[];
    };
    expect(list.results.map(({ version }) => version).toSorted()).toEqual([1, 2, 3, 4]);
    expect((await run('keys list')).stdout).toMatch(/4 .*in use/);
    const refused = await run('keys rotate --json', powerless);
    expect([refused.code, JSON.parse(refused.stdout).error.message]).toEqual([1, expect.stringContaining('403')]);
  });

  it('checks the audit record, and exits with 1 when it is broken', async () => {
    const whole = await run('audit verify --all');
    expect([whole.code, whole.stdout]).toEqual([0, expect.stringMatching(/^\d+ entries, unbroken\n {2}tenant /)]);
    expect(JSON.parse((await run('audit verify --json')).stdout)).toMatchObject({ valid: true, breaks: [] });
    const exported = await run('audit export');
    expect(
      exported.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { action: string }).action),
    ).toContain('master_key.rotate');
    const refused = await run('audit verify --all', powerless);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('403')]);
    await server.automate.db.migrate((connection) =>
      connection.script(`update automate.audit_entries set actor = 'nobody' where seq = 3`),
    );
    const broken = await run('audit verify');
    expect([broken.code, broken.stdout]).toEqual([
      1,
      expect.stringMatching(/entries, BROKEN\n {2}tenant [0-9a-f-]{36}, entry 3: /),
    ]);
    const json = await run('audit verify --all --json');
    expect([json.code, JSON.parse(json.stdout)]).toEqual([
      1,
      expect.objectContaining({ valid: false, breaks: [expect.objectContaining({ seq: 3 })] }),
    ]);
  });
});
