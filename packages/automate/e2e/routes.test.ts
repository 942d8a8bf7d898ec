import { describe, expect, it } from 'vitest';
import { runCli } from './support/server-process.ts';

interface Line {
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly view: string;
  readonly access: string;
  readonly permissions: readonly string[];
}

// Nothing answers there: the table needs neither a server nor a database.
const nowhere = { AUTOMATE_URL: 'http://127.0.0.1:9', AUTOMATE_DATA_DIR: '/nonexistent/automate' };

async function lines(...args: string[]): Promise<readonly Line[]> {
  const { stdout, code } = await runCli(['routes', '--json', ...args], nowhere);
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { routes: readonly Line[] }).routes;
}

describe('automate routes', () => {
  it('prints aligned columns', async () => {
    const { stdout, code } = await runCli(['routes'], nowhere);
    expect(code).toBe(0);
    const [head = '', ...rows] = stdout.trimEnd().split('\n');
    expect(head.split(/ {2,}/)).toEqual(['METHOD', 'PATH', 'NAME', 'VIEW', 'ACCESS']);
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) expect(row.slice(head.indexOf('PATH') - 2, head.indexOf('PATH') + 1)).toBe('  /');
  });

  it('says who may use a route', async () => {
    const all = await lines();
    const access = (name: string) => all.find((line) => line.name === name);
    expect(access('health-live.get')).toMatchObject({ method: 'GET', path: '/health/live/', view: 'LiveView', access: 'open' });
    expect(access('workflow.create')).toMatchObject({ method: 'POST', access: 'workflows:write', permissions: [] });
    expect(access('schema.apps')).toMatchObject({ access: 'schema:read', permissions: ['IsStaff'] });
    expect(access('correlation-explorer.get')?.permissions).toContain('HasScope(events:read)');
  });

  it('filters by path and by name', async () => {
    const jobs = await lines('--path', 'api/v1/jobs');
    expect(jobs.length).toBeGreaterThan(0);
    expect(jobs.every(({ path }) => path.startsWith('/api/v1/jobs/'))).toBe(true);
    const workflows = await lines('--path', '/api/v1', '--name', 'workflow.');
    expect(new Set(workflows.map(({ view }) => view))).toEqual(new Set(['WorkflowViewSet']));
    const none = await runCli(['routes', '--name', 'nothing'], nowhere);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('No built-in route')]);
  });

  it('is explained with an example', async () => {
    expect((await runCli(['routes', '--help'], {})).stdout).toMatch(/Example:\n {2}\$ .*automate/);
  });
});
