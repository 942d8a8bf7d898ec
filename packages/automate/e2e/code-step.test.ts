import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, createTestServer, databaseKinds, type TestDatabase, type TestServer } from '../src/testing/index.ts';
import { createWorkflow, type Execution, eventually, runWorkflow, stepsOf, waitForExecution } from './support/executions.ts';
import { withContract } from './support/openapi.ts';
import { childrenOf, cpuOf, isRunning } from './support/processes.ts';
import { type ServerProcess, startServerProcess } from './support/server-process.ts';

interface Problem {
  code: string;
  errors: { pointer: string; code: string; message: string }[];
}

const CHILD = 'core-code';
const code = (text: string, config: object = {}, more: object = {}) => ({
  id: 'code',
  type: 'core.code',
  config: { code: text, ...config },
  ...more,
});
const FOREVER = 'while (true);';

describe.each(databaseKinds)('code steps on %s', (kind) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await withContract(
      await createTestServer(kind, { environment: { AUTOMATE_CODE_STEPS: 'true', AUTOMATE_LEASE_SECONDS: '3' } }),
    );
  });
  afterAll(async () => {
    await server?.close();
    expect(childrenOf(process.pid, CHILD)).toEqual([]);
  });

  /** What the code returns, or the reason that its step failed with. */
  async function run(text: string, config: object = {}, input: object = {}) {
    const id = await createWorkflow(server, [code(text, config, { retry: { attempts: 1 } })]);
    const execution = await runWorkflow(server, id, input);
    const step = stepsOf(execution).code;
    return { output: step?.output, error: step?.error as { code: string; message: string } | null, status: execution.status };
  }
  const outputOf = async (text: string, config: object = {}, input: object = {}) => {
    const { output, error } = await run(text, config, input);
    expect(error).toBeNull();
    return output;
  };
  const errorOf = async (text: string, config: object = {}) => {
    const { error, status } = await run(text, config);
    expect(status).toBe('failed');
    return error;
  };

  it('gives what the code returns, with the types that JSON has', async () => {
    const config = { input: { lines: '{{ event.payload.lines }}', by: 'a {{ event.payload.by }}' } };
    const text = `const total = input.lines.reduce((sum, { price }) => sum + price, 0);
      return { total, by: input.by, at: new Date(0), nothing: undefined, none: null, nested: [[1.5, true]] };`;
    expect(await outputOf(text, config, { lines: [{ price: 2 }, { price: 3.5 }], by: 'person' })).toEqual({
      total: 5.5,
      by: 'a person',
      at: '1970-01-01T00:00:00.000Z',
      none: null,
      nested: [[1.5, true]],
    });
    expect(await outputOf('return input', { input: '{{ event.payload.n }}' }, { n: 7 })).toBe(7);
    expect(await outputOf("return 'a \\u0000 b'")).toEqual(expect.stringMatching(/^a .* b$/));
  });

  it('shows its input and is read by later steps', async () => {
    const next = { id: 'next', type: 'core.set', config: { values: { twice: '{{ steps.code.output.n }}' } } };
    const id = await createWorkflow(
      server,
      [code('return { n: input.n * 2 }', { input: { n: '{{ event.payload.n }}' } }), next],
      [{ source: 'code', target: 'next' }],
    );
    const execution = await runWorkflow(server, id, { n: 21 });
    expect(execution.output).toEqual({ twice: 42 });
    expect(stepsOf(execution).code?.input).toEqual({ input: { n: 21 } });
  });

  it('waits for promises, and for none that never comes', async () => {
    expect(await outputOf('const parts = await Promise.all([1, Promise.resolve(2)]); await null; return parts')).toEqual([1, 2]);
    expect(await errorOf('await new Promise(() => {})')).toMatchObject({
      code: 'code_error',
      message: expect.stringContaining('never comes'),
    });
  });

  it('keeps nothing from one run to the next', async () => {
    const text = 'globalThis.count = (globalThis.count ?? 0) + 1; Array.prototype.join = () => "mine"; return globalThis.count';
    expect([await outputOf(text), await outputOf(text), await outputOf('return [1, 2].join()')]).toEqual([1, 1, '1,2']);
  });

  it('ends code that does not end, while other executions go on', async () => {
    const id = await createWorkflow(server, [code(FOREVER, { timeout_ms: 10_000 })]);
    const quick = await createWorkflow(server, [code('return 1')]);
    const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input: {} });
    expect(stepsOf(await runWorkflow(server, quick, {})).code?.output).toBe(1);
    const { body: meanwhile } = await server.call<{ status: string }>('GET', `/api/v1/executions/${body.execution_id}/`);
    expect(meanwhile.status).toBe('running');
    const ended = await waitForExecution(server, body.execution_id);
    expect(stepsOf(ended).code).toMatchObject({ attempts: 1, error: { code: 'code_timeout' } });
  });

  it.each([
    ['a loop that catches everything', 'for (;;) { try { for (;;); } catch {} }'],
    ['promises without end', 'const again = () => Promise.resolve().then(again); await again()'],
    ['a loop of awaits that catches', 'const spin = async () => { for (;;); }; for (;;) { try { await spin() } catch {} }'],
    ['a regular expression', 'return /^(a+)+$/.test("a".repeat(40) + "b")'],
    ['a built-in function that asks nobody', 'const a = "a".repeat(4e6); return a.indexOf("a".repeat(2e6) + "b")'],
    ['a result that never ends', 'return { toJSON() { for (;;); } }'],
  ])('ends %s', async (_name, text) => {
    expect(await errorOf(text, { timeout_ms: 200 })).toMatchObject({
      code: 'code_timeout',
      message: expect.stringContaining('200 ms'),
    });
    expect(await outputOf('return 1', { timeout_ms: 30_000 })).toBe(1);
  });

  it.each([
    ['objects', 'const all = []; for (;;) all.push(new Array(1_000).fill({}))'],
    ['a text', 'let all = "a"; for (;;) all = all.concat("b".repeat(1e6), Math.random())'],
    ['one large text', 'return "a".repeat(2 ** 28)'],
    ['a buffer', 'return new ArrayBuffer(2 ** 30).byteLength'],
  ])('gives %s no more memory than allowed', async (_name, text) => {
    const error = await errorOf(text, { timeout_ms: 30_000, memory_mb: 16 });
    expect(error).toMatchObject({ code: 'code_memory', message: expect.stringContaining('16 MB') });
    expect(await outputOf('return 1')).toBe(1);
  });

  it('gives more memory to who asks for it', async () => {
    const text = 'const all = []; for (let i = 0; i < 40; i++) all.push(new Uint8Array(1e6).fill(i)); return all.length';
    expect(await errorOf(text, { timeout_ms: 30_000 })).toMatchObject({ code: 'code_memory' });
    expect(await outputOf(text, { timeout_ms: 30_000, memory_mb: 64 })).toBe(40);
  });

  it('has nothing of the host', async () => {
    const names =
      'process require module fetch XMLHttpRequest setTimeout setInterval queueMicrotask Buffer WebAssembly Worker std os Deno';
    const text = `return ${JSON.stringify(names.split(' '))}.filter((name) => typeof globalThis[name] !== 'undefined')`;
    expect(await outputOf(text)).toEqual([]);
    expect(await errorOf("await import('node:fs')")).toMatchObject({ code: 'code_error' });
    const escapes = `const found = [];
      const reach = (start) => { try { return start.constructor.constructor('return this')() } catch (error) { return String(error) } };
      for (const start of [input, console.log, console, (async () => {}), reach, new Error('x'), Promise.resolve()]) {
        const reached = reach(start);
        if (reached !== undefined && reached !== globalThis) found.push(String(reached));
        if (reached?.process !== undefined) found.push('process');
      }
      Object.prototype.polluted = 'yes';
      input.__proto__.more = 'yes';
      return { found, own: Object.keys(globalThis), stack: new Error('x').stack };`;
    const escaped = (await outputOf(escapes)) as { found: string[]; own: string[]; stack: string };
    expect(escaped.own.filter((name) => name !== 'console')).toEqual([]);
    expect(escaped.found).toEqual([]);
    expect(escaped.stack).not.toMatch(/node|file:|\//);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('names the place of an error in the code', async () => {
    expect(await errorOf('const a = 1;\n  null.b;\nreturn a')).toEqual(
      expect.objectContaining({ code: 'code_error', message: expect.stringMatching(/^TypeError: .*\(line 2, column \d+\)$/) }),
    );
    expect(await errorOf("\nthrow new RangeError('too far')")).toMatchObject({
      message: 'RangeError: too far (line 2, column 21)',
    });
    expect(await errorOf("throw 'a text'")).toMatchObject({ code: 'code_error', message: 'It threw a text' });
    expect(await errorOf('undeclared = 1')).toMatchObject({ message: expect.stringContaining('ReferenceError') });
    expect(await errorOf('const deep = () => deep(); deep()')).toMatchObject({ code: 'code_error' });
    expect((await errorOf("throw new Error('x'.repeat(1e6))"))?.message.length).toBeLessThan(3_000);
  });

  it.each([
    ['nothing', ''],
    ['undefined', 'return undefined'],
    ['a function', 'return () => 1'],
    ['a big integer', 'return { n: 1n }'],
    ['a cycle', 'const a = {}; a.a = a; return a'],
    ['more than fits', "return 'a'.repeat(1_048_577)"],
    ['more bytes than fit', "return 'ü'.repeat(600_000)"],
  ])('refuses %s as output', async (_name, text) => {
    expect(await errorOf(`${text};`)).toMatchObject({ code: 'code_output_invalid' });
  });

  it.each([
    ['const a = ;', 1],
    ['const a = 1;\nreturn (a', 2],
    ['return 1;\n\n  let let = 2', 3],
    ["import fs from 'node:fs';", 1],
    ['return 1 }', 1],
    [`return ${'('.repeat(20_000)}`, undefined],
  ])('refuses %.30j when it is saved, with the place', async (text, line) => {
    const graph = { nodes: [{ id: 'first', type: 'core.log', config: { message: 'x' } }, code(text)], edges: [] };
    const refused = await server.call<Problem>('POST', '/api/v1/workflows/', { name: 'Wrong', graph });
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toMatchObject([{ pointer: '/graph/nodes/1/config/code', code: 'invalid_code' }]);
    expect(refused.body.errors[0]?.message).toMatch(
      line === undefined ? /nested too deeply/ : new RegExp(`^node "code": .*\\(line ${line}[,)]`),
    );
  });

  it('refuses settings out of bounds, and secrets', async () => {
    const graphs = [
      code('a'.repeat(65_537)),
      code('return 1', { timeout_ms: 30_001 }),
      code('return 1', { memory_mb: 129 }),
      code('return 1', { more: 1 }),
      code('return 1', { input: '{{ nonsense' }),
    ];
    for (const node of graphs) {
      const { status } = await server.call('POST', '/api/v1/workflows/', { name: 'Wrong', graph: { nodes: [node], edges: [] } });
      expect(status).toBe(400);
    }
    await server.call('POST', '/api/v1/secrets/', { name: 'KEY', value: 'the-real-value-of-it', hosts: ['api.example.com'] });
    const body = { name: 'Secret', graph: { nodes: [code('return input', { input: { key: '{{ secrets.KEY }}' } })], edges: [] } };
    const refused = await server.call<Problem>('POST', '/api/v1/workflows/', body);
    expect([refused.status, refused.body.errors[0]?.code]).toEqual([400, 'secret_refused']);
    expect(refused.body.errors[0]?.message).toContain('"http.request"');
  });

  it('checks code in loops, in what undoes a step, in updates and in imports', async () => {
    const wrong = code('const;');
    const loop = {
      id: 'loop',
      type: 'flow.foreach',
      config: { items: '{{ event.payload.items }}', body: { nodes: [wrong], edges: [] } },
    };
    const undo = { id: 'a', type: 'core.log', config: { message: 'x' }, compensate: { type: 'core.code', config: wrong.config } };
    const graph = { nodes: [loop, undo], edges: [] };
    const refused = await server.call<Problem>('POST', '/api/v1/workflows/', { name: 'Wrong', graph });
    expect(refused.body.errors.map(({ pointer }) => pointer)).toEqual([
      '/graph/nodes/0/config/body/nodes/0/config/code',
      '/graph/nodes/1/compensate/config/code',
    ]);
    const id = await createWorkflow(server, [code('return 1')]);
    const update = await server.call('PUT', `/api/v1/workflows/${id}/`, { name: 'Wrong', graph: { nodes: [wrong], edges: [] } });
    expect(update.status).toBe(400);
    const { body } = await server.call('POST', '/api/v1/workflows/import/', [
      { name: 'Wrong', slug: `wrong-${kind}`, graph: { nodes: [wrong], edges: [] }, triggers: [], settings: {}, is_live: true },
    ]);
    expect(JSON.stringify(body)).toContain('invalid_code');
  });

  it('runs in a dry run', async () => {
    const id = await createWorkflow(server, [code('return { twice: input.n * 2 }', { input: { n: '{{ event.payload.n }}' } })]);
    const report = await server.call<{ status: string; output: unknown }>('POST', `/api/v1/workflows/${id}/dry-run/`, {
      input: { n: 4 },
    });
    expect(report.body).toMatchObject({ status: 'succeeded', output: { twice: 8 } });
    const graph = { nodes: [code('const;')], edges: [] };
    expect((await server.call('POST', `/api/v1/workflows/${id}/dry-run/`, { graph })).status).toBe(400);
  });

  it('takes its time from no other tenant, in a pool of few', async () => {
    const id = await createWorkflow(server, [code('return input.n', { input: { n: '{{ event.payload.n }}' } })]);
    const results = await Promise.all(Array.from({ length: 30 }, (_, n) => runWorkflow(server, id, { n })));
    expect(results.map(({ output }) => output)).toEqual(Array.from({ length: 30 }, (_, n) => n));
    expect(childrenOf(process.pid, CHILD).length).toBeLessThanOrEqual(4);
  });

  it('tries again when its process is killed from outside, and fails clearly when it may not', async () => {
    const slow = 'const end = Date.now() + 1_500; while (Date.now() < end); return 1';
    for (const [attempts, status] of [
      [2, 'succeeded'],
      [1, 'failed'],
    ] as const) {
      const config = { timeout_ms: 20_000 };
      const id = await createWorkflow(server, [code(slow, config, { retry: { attempts, initial_seconds: 0 } })]);
      const before = await busyChildren(0);
      expect(before).toEqual([]);
      const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input: {} });
      const [pid = 0] = await busyChildren(1);
      process.kill(pid, 'SIGKILL');
      const execution = await waitForExecution(server, body.execution_id);
      expect(execution.status).toBe(status);
      if (status === 'failed') expect(stepsOf(execution).code?.error).toMatchObject({ code: 'code_process_lost' });
      else expect(stepsOf(execution).code?.attempts).toBe(2);
    }
  });

  it('is killed when its execution is cancelled', async () => {
    const id = await createWorkflow(server, [code(FOREVER, { timeout_ms: 30_000 })]);
    const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input: {} });
    const [pid = 0] = await busyChildren(1);
    await server.call('POST', `/api/v1/executions/${body.execution_id}/cancel/`);
    expect((await waitForExecution(server, body.execution_id)).status).toBe('cancelled');
    await eventually(
      async () => isRunning(pid),
      (runs) => !runs,
    );
  });

  describe('in a process of its own', () => {
    let database: TestDatabase;
    let own: ServerProcess;
    beforeAll(async () => {
      database = await createTestDatabase(kind);
      own = await startServerProcess(database, {
        AUTOMATE_BOOTSTRAP_TOKEN: server.token,
        AUTOMATE_CODE_STEPS: 'true',
        AUTOMATE_LOG_LEVEL: 'info',
      });
    });
    afterAll(async () => {
      await own?.kill();
      await database?.dispose();
    });

    it('writes its console to the log, with bounds', async () => {
      const { body } = await own.call<{ id: string }>('POST', '/api/v1/workflows/', {
        name: 'Console',
        graph: {
          nodes: [
            code(`console.log('first', { a: 1 }, [2], null, undefined, new TypeError('odd'));
              console.error('x'.repeat(10_000));
              for (let index = 0; index < 1_000; index++) console.debug('again');
              JSON.stringify = String.prototype.slice = () => 'forged';
              return 1`),
          ],
          edges: [],
        },
      });
      const started = await own.call<{ execution_id: string }>('POST', `/api/v1/workflows/${body.id}/run/`, { input: {} });
      await eventually(
        () => own.call<{ status: string }>('GET', `/api/v1/executions/${started.body.execution_id}/`),
        (reply) => reply.body.status === 'succeeded',
      );
      const logged = await eventually(
        async () =>
          own
            .errors()
            .split('\n')
            .filter((line) => line.includes('"event.dataset":"step"'))
            .map((line) => JSON.parse(line) as { message: string; 'log.level': string }),
        (found) => found.length >= 3,
      );
      expect(logged[0]).toMatchObject({ 'log.level': 'info', message: 'first {"a":1} [2] null undefined TypeError: odd' });
      expect(logged[1]).toMatchObject({ 'log.level': 'error' });
      expect(logged[1]?.message.length).toBeLessThanOrEqual(2_000);
      expect(logged.at(-1)?.message).toBe('Further lines are left out.');
    });

    it('does not outlive a server that is killed', async () => {
      const nodes = [code('const a = "a".repeat(8e6); return a.indexOf("a".repeat(4e6) + "b")', { timeout_ms: 30_000 })];
      const { body } = await own.call<{ id: string }>('POST', '/api/v1/workflows/', {
        name: 'Busy',
        graph: { nodes, edges: [] },
      });
      await own.call('POST', `/api/v1/workflows/${body.id}/run/`, { input: {} });
      const [pid = 0] = await busyChildren(1, own.pid);
      await own.kill();
      await eventually(
        async () => isRunning(pid),
        (runs) => !runs,
      );
    });
  });

  it('is off unless the operator says so, for what was saved before too', async () => {
    const database = await createTestDatabase(kind);
    const on = await createTestServer(kind, { database, environment: { AUTOMATE_CODE_STEPS: 'true' } });
    const id = await createWorkflow(on, [code('return 1')]);
    await on.close();
    const off = await createTestServer(kind, { database });
    try {
      const headers = { authorization: `Bearer ${on.token}` };
      const body = { name: 'Off', graph: { nodes: [code('return 1')], edges: [] } };
      const refused = await off.call<Problem>('POST', '/api/v1/workflows/', body, headers);
      expect(refused.status).toBe(400);
      expect(refused.body.errors).toMatchObject([{ pointer: '/graph/nodes/0/config', code: 'code_disabled' }]);
      expect(refused.body.errors[0]?.message).toContain('AUTOMATE_CODE_STEPS=true');
      expect((await off.call('POST', `/api/v1/workflows/${id}/publish/`, { version: 1 }, headers)).status).toBe(400);
      const started = await off.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input: {} }, headers);
      const ended = await eventually(
        async () =>
          (await off.call<Execution>('GET', `/api/v1/executions/${started.body.execution_id}/`, undefined, headers)).body,
        ({ status }) => status === 'failed',
      );
      expect(stepsOf(ended).code).toMatchObject({ attempts: 1, error: { code: 'code_disabled' } });
    } finally {
      await off.close();
      await database.dispose();
    }
  });

  /** Children that have used the processor in the last moment: the ones that run something. */
  function busyChildren(count: number, parent = process.pid): Promise<number[]> {
    return eventually(
      async () => {
        const before = new Map(childrenOf(parent, CHILD).map((pid) => [pid, cpuOf(pid)]));
        await new Promise((resolve) => setTimeout(resolve, 200));
        return [...before].filter(([pid, cpu]) => cpuOf(pid) - cpu >= 5).map(([pid]) => pid);
      },
      (found) => found.length === count,
    );
  }
});
