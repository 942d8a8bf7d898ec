import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shortLived } from '../../../tools/short-lived.ts';
import { createTestDatabase } from '../src/testing/index.ts';
import { type Execution, eventually } from './support/executions.ts';
import { inherited } from './support/inherited.ts';
import { sized } from './support/lanes.ts';
import { cliSource, runCli, type ServerProcess, startServerProcess } from './support/server-process.ts';

describe('embedded mode', () => {
  let root: string;
  let directory: string;
  let servers: ServerProcess[];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'automate-embedded-'));
    directory = join(root, 'data');
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) await server.kill();
    rmSync(root, { recursive: true, force: true });
  });

  const token = 'embedded_token_0123456789';
  const modeOf = (name: string) => statSync(join(directory, name)).mode & 0o777;
  /** A database that is there already: to make one takes as long as ten starts. */
  const prepare = async () => {
    const prepared = await createTestDatabase('pglite');
    cpSync(prepared.environment.AUTOMATE_DATA_DIR, directory, { recursive: true });
    await prepared.dispose();
  };
  const start = async (environment: Record<string, string> = {}, isBundled = true) => {
    const server = await startServerProcess(
      { environment: { AUTOMATE_DATA_DIR: directory } },
      { AUTOMATE_BOOTSTRAP_TOKEN: token, ...environment },
      ['serve', '--with-worker'],
      { isBundled },
    );
    servers.push(server);
    return server;
  };

  it('boots from nothing with the sample, runs it within a second, and has lost nothing after a restart', async () => {
    const first = await start({ AUTOMATE_SAMPLE: 'true' });
    const event = JSON.parse(readFileSync(new URL('../src/server/sample/event.json', import.meta.url), 'utf8')) as object;
    const posted = await first.call<{ trace_id: string }>('POST', '/api/v1/events/', event);
    expect(posted.status).toBe(202);
    const page = await eventually(
      async () => (await first.call<{ results: Execution[] }>('GET', '/api/v1/executions/')).body,
      ({ results }) => results[0]?.status === 'succeeded',
    );
    const shown = await first.call<Execution>('GET', `/api/v1/executions/${page.results[0]?.id}/`);
    expect(shown.body.steps.map(({ node, status }) => `${node} ${status}`).sort()).toEqual([
      'bug succeeded',
      'decision succeeded',
      'effort succeeded',
      'is_bug succeeded',
      'issue succeeded',
      'pause succeeded',
      'reply succeeded',
      'report succeeded',
      'request skipped',
    ]);
    for (const step of shown.body.steps.filter(({ status }) => status === 'succeeded')) {
      expect(step.input, step.node).not.toBeNull();
      expect(step.output, step.node).not.toBeNull();
    }
    expect(await first.stop()).toBe(0);
    expect(['.', 'database', 'api-key'].map(modeOf), 'other users of the machine are kept out').toEqual([0o700, 0o700, 0o600]);
    chmodSync(join(directory, 'database'), 0o755);

    const second = await start({ AUTOMATE_SAMPLE: 'true' });
    expect(modeOf('database'), 'one that an earlier version made').toBe(0o700);
    expect((await second.call('GET', `/api/v1/executions/${page.results[0]?.id}/`)).body).toEqual(shown.body);
    expect((await second.call<{ count: number }>('GET', '/api/v1/workflows/?count=true')).body.count).toBe(1);
    const trace = await runCli(['trace', posted.body.trace_id], { AUTOMATE_URL: second.url, AUTOMATE_TOKEN: token });
    expect(trace.stdout).toMatch(/rule of “Triage GitHub issues”.*: match/);
    expect(trace.stdout).toContain('var payload.action = "opened"');
    expect(trace.stdout).toContain('✓ report  core.log  succeeded');
  });

  it('refuses a second process on the same directory at once, naming the first', async () => {
    await prepare();
    const first = await start();
    const second = await runCli(['serve'], { AUTOMATE_DATA_DIR: directory, PORT: '0' });
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`Process ${first.pid} already uses this data directory`);
    await first.kill();
    const third = await start();
    expect((await third.call('GET', '/health/ready/')).status).toBe(200);
  });

  it('recovers from a kill at any moment of the first boot', async () => {
    for (const delay of sized([1_800], [300, 900, 1_800, 2_800])) {
      const child = spawn(process.execPath, [...shortLived, cliSource, 'serve', '--json'], {
        env: { ...inherited, AUTOMATE_DATA_DIR: directory, PORT: '0' },
        stdio: 'ignore',
      });
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    const server = await start({}, false);
    expect((await server.call('GET', '/health/ready/')).status).toBe(200);
    expect((await server.call('GET', '/api/v1/workflows/')).status).toBe(200);
    expect(existsSync(join(directory, 'database', 'PG_VERSION'))).toBe(true);
    expect(readdirSync(directory).filter((name) => name.includes('.new-'))).toEqual([]);
  });

  it('stops in order on SIGTERM while work is under way, and goes on after the next start', async () => {
    await prepare();
    const first = await start();
    const workflow = await first.call<{ id: string }>('POST', '/api/v1/workflows/', {
      name: 'Slow',
      graph: {
        nodes: [
          { id: 'nap', type: 'core.sleep', config: { seconds: 2 } },
          { id: 'end', type: 'core.log', config: { message: 'awake' } },
        ],
        edges: [{ source: 'nap', target: 'end' }],
      },
    });
    const run = await first.call<{ execution_id: string }>('POST', `/api/v1/workflows/${workflow.body.id}/run/`, {});
    expect(await first.stop()).toBe(0);
    const second = await start();
    const execution = await eventually(
      async () => (await second.call<Execution>('GET', `/api/v1/executions/${run.body.execution_id}/`)).body,
      ({ status }) => status === 'succeeded',
    );
    expect(execution.steps).toHaveLength(2);
  });
});
