import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestServer, type TestServer } from '../src/testing/index.ts';
import { runCli } from './support/server-process.ts';

let server: TestServer;
let environment: Record<string, string>;
beforeAll(async () => {
  server = await createTestServer('postgres', { environment: { AUTOMATE_LEASE_SECONDS: '1' } });
  environment = {
    ...server.database.environment,
    AUTOMATE_URL: server.url,
    AUTOMATE_TOKEN: server.token,
    AUTOMATE_SECRET_KEY: 'a-key-that-only-tests-use-0123456789abcdef',
  };
  await made('/api/v1/providers/', { slug: 'demo', kind: 'demo', config: {} });
});
afterAll(() => server?.close());

async function made(path: string, body: object): Promise<string> {
  const reply = await server.call<{ id: string }>('POST', path, body);
  expect(reply.status, JSON.stringify(reply.body)).toBe(201);
  return reply.body.id;
}

const test = (...more: string[]) => runCli(['prompt', 'test', 'greeting', ...more], environment);

it('puts a prompt to a test set, tells of each case, and ends with 1 when one fails', async () => {
  const say = (text: string) => ({ messages: [{ role: 'user', content: `${text} {{ name }}` }], model: 'demo/demo' });
  const id = await made('/api/v1/prompts/', { name: 'Greeting', version: say('Hello') });
  const one = (name: string) => ({ name, variables: { name }, assertions: [{ type: 'contains', value: `Goodbye ${name}` }] });
  const none = await test();
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('it has: none')]);

  await made('/api/v1/prompt-test-sets/', { prompt_id: id, name: 'people', cases: [one('Ada'), one('Bob')] });
  const failed = await test();
  expect([failed.code, failed.stderr]).toEqual([1, '']);
  expect(failed.stdout).toMatch(/^FAIL Ada {2}\d+ ms {2}\$0$/m);
  expect(failed.stdout).toMatch(/^ {5}contains: /m);
  expect(failed.stdout).toContain('greeting v1 · people · demo/demo: 0 of 2 passed · $0');

  await server.call('PUT', '/api/v1/prompts/greeting/labels/staging/', { version: 1 });
  await made('/api/v1/prompts/greeting/versions/', say('Goodbye'));
  const passed = await test('--set', 'people', '--json');
  expect([passed.code, passed.stderr]).toEqual([0, '']);
  expect(JSON.parse(passed.stdout)).toMatchObject({ version: 2, passed: 2, results: [{ name: 'Ada' }, { name: 'Bob' }] });
  expect((await test('--label', 'staging')).code).toBe(1);
  expect((await test('--prompt-version', '2')).stdout).toContain('2 of 2 passed');

  await made('/api/v1/prompt-test-sets/', { prompt_id: id, name: 'others', cases: [one('Eve')] });
  const which = await test();
  expect([which.code, which.stderr]).toEqual([1, expect.stringMatching(/--set; it has: .*"people"/)]);
  const unknown = await test('--set', 'nobody');
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('has no test set "nobody"')]);
});
