import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../src/testing/index.ts';
import { runCli } from './support/server-process.ts';

describe('the command line', () => {
  let server: TestServer;
  let environment: Record<string, string>;
  beforeAll(async () => {
    server = await createTestServer('postgres', { environment: { AUTOMATE_SAMPLE: 'true' } });
    environment = {
      ...server.database.environment,
      AUTOMATE_URL: server.url,
      AUTOMATE_TOKEN: server.token,
      AUTOMATE_SECRET_KEY: 'a-key-that-only-tests-use-0123456789abcdef',
    };
  });
  afterAll(() => server?.close());

  it('sends an event from a file, waits, and prints the whole trace', async () => {
    const sample = new URL('../src/server/sample/event.json', import.meta.url).pathname;
    const { stdout, code } = await runCli(['trigger', 'github.issues.opened', '-d', `@${sample}`, '--wait'], environment);
    expect(code).toBe(0);
    expect(stdout).toContain('event github.issues.opened');
    expect(stdout).toContain('and = true');
    expect(stdout).toMatch(/execution “Triage GitHub issues” v1 .* succeeded/);
    expect(stdout).toContain('· request  core.transform  skipped');
    expect(stdout).toContain('out {"message":"Triaged Codertocat/Hello-World#1 into bugs (effort: small)"}');
  });

  it('shows a rule that did not match with the values it saw', async () => {
    const payload = join(server.database.environment.AUTOMATE_DATA_DIR, 'closed.json');
    writeFileSync(payload, JSON.stringify({ action: 'closed', issue: { state: 'closed' } }));
    const sent = await runCli(['trigger', 'github.issues.opened', '-d', `@${payload}`, '--key', 'cli-1', '--json'], environment);
    const receipt = JSON.parse(sent.stdout) as { status: string; trace_id: string };
    expect(receipt.status).toBe('accepted');
    const again = await runCli(['trigger', 'github.issues.opened', '-d', '{}', '--key', 'cli-1', '--json'], environment);
    expect(JSON.parse(again.stdout)).toEqual({ ...receipt, status: 'duplicate' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { stdout } = await runCli(['trace', receipt.trace_id], environment);
    expect(stdout).toContain('no match');
    expect(stdout).toContain('var payload.action = "closed"');
    expect((await runCli(['trace', 'nothing-of-the-kind'], environment)).code).toBe(1);
  });

  it('shows and changes policies', async () => {
    const { id } = await server.automate.ensureTenant('cli-policy');
    const set = await runCli(
      ['policy', 'set', '--tenant', id, 'max_workflows=20', 'denied_hosts=a.example, b.example'],
      environment,
    );
    expect([set.code, set.stderr]).toEqual([0, '']);
    expect(set.stdout).toContain('max_workflows              20  (operator)');
    expect(set.stdout).toContain('denied_hosts               a.example, b.example  (operator)');
    await runCli(['policy', 'set', '--tenant', id, 'max_workflows=null', 'denied_hosts='], environment);
    const shown = await runCli(['policy', 'show', '--tenant', id, '--json'], environment);
    expect(JSON.parse(shown.stdout)).toMatchObject({ version: 2, operator: { max_workflows: null, denied_hosts: [] } });
    expect((await runCli(['policy', 'show'], environment)).stdout).toContain('retention_days_events      30  (default)');
    const bad = await runCli(['policy', 'set', 'max_workflows'], environment);
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining('is not of the form rule=value')]);
  });

  it('tells what is wrong with what it is given', async () => {
    const bad = await runCli(['trigger', 'x', '-d', '{oops'], environment);
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining('--data cannot be read as JSON')]);
    const refused = await runCli(['trigger', 'not a type', '-d', '{}'], environment);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('event_type')]);
    const nowhere = await runCli(['trace', 'x'], { ...environment, AUTOMATE_URL: 'http://127.0.0.1:9' });
    expect(nowhere.stderr).toContain('No server answers at http://127.0.0.1:9');
    const stranger = await runCli(['trace', 'x'], { ...environment, AUTOMATE_TOKEN: 'wrong-token-0123456789' });
    expect(stranger.stderr).toContain('Set AUTOMATE_TOKEN');
    const settings = await runCli(['doctor', '--json'], { ...environment, PORT: 'ninety' });
    expect(settings.stdout).toContain('PORT');
    const embedded = await runCli(['worker'], { AUTOMATE_DATA_DIR: server.database.environment.AUTOMATE_DATA_DIR });
    expect(embedded.stderr).toContain('needs DATABASE_URL');
    const keyless = await runCli(['serve'], { DATABASE_URL: environment.DATABASE_URL ?? '' });
    expect(keyless.stderr).toContain('AUTOMATE_SECRET_KEY');
  });

  it('says what the guarded client may call', async () => {
    const refused = await runCli(['outbound', 'check', 'http://169.254.169.254/latest/'], {});
    expect([refused.code, refused.stdout]).toEqual([
      1,
      expect.stringMatching(/^refused: The host 169.254.169.254 is .*metadata/),
    ]);
    const allowed = await runCli(['outbound', 'check', 'http://127.0.0.1:4567/', '--json'], {
      AUTOMATE_OUTBOUND_ALLOW_HOSTS: '127.0.0.1:4567',
    });
    expect([allowed.code, JSON.parse(allowed.stdout)]).toEqual([
      0,
      { url: 'http://127.0.0.1:4567/', allowed: true, reason: null },
    ]);
  });

  it('tests a rule and shows what it saw', async () => {
    const rule = '{">": [{"var": "payload.amount"}, 100]}';
    const match = await runCli(['rule', 'test', rule, '{"payload": {"amount": 120}}'], {});
    expect([match.code, match.stdout]).toEqual([0, 'match\n> = true   [100]\n  var payload.amount = 120\n']);
    const miss = await runCli(['rule', 'test', rule, '{"payload": {"amount": 1}}', '--json'], {});
    expect([miss.code, JSON.parse(miss.stdout).match]).toEqual([1, false]);
    const bad = await runCli(['rule', 'test', '{oops', '{}'], {});
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining('The rule cannot be read as JSON')]);
  });

  it('checks and migrates', async () => {
    const doctor = await runCli(['doctor', '--json'], environment);
    expect(JSON.parse(doctor.stdout)).toMatchObject({ ok: true });
    expect(doctor.code).toBe(0);
    expect(JSON.parse((await runCli(['migrate', '--status', '--json'], environment)).stdout)).toEqual({ pending: [] });
    expect(JSON.parse((await runCli(['migrate', '--json'], environment)).stdout)).toEqual({ applied: [] });
  });

  it.each(['serve', 'worker', 'migrate', 'trigger', 'trace', 'doctor', 'user create', 'keys rotate', 'audit verify'])(
    'explains %s with an example',
    async (command) => {
      const { stdout } = await runCli([...command.split(' '), '--help'], {});
      expect(stdout).toContain('--json');
      expect(stdout).toMatch(/Example:\n {2}\$ .*automate/);
    },
  );
});
