import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestServer, databaseKinds, type TestServer } from 'automate/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { githubIssue } from './github-issue.ts';

interface Execution {
  readonly status: string;
  readonly output: unknown;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly steps: readonly { readonly input: unknown; readonly attempts: number }[];
}
interface Report {
  readonly status: string;
  readonly output: unknown;
  readonly calls: readonly unknown[];
}

const TOKEN = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';

/** Answers as https://api.github.com does, with one repository; it is away for the first request. */
async function createGitHub() {
  const issues: { title: string; body: string; labels: string[]; key: string }[] = [];
  let isAway = true;
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
    const text = Buffer.concat((await request.toArray()) as Buffer[]).toString();
    if (isAway) {
      isAway = false;
      return answer(502, { message: 'Server Error' });
    }
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return answer(401, { message: 'Bad credentials' });
    if (request.method !== 'POST' || request.url !== '/repos/octo/demo/issues') return answer(404, { message: 'Not Found' });
    const { title, body, labels } = JSON.parse(text);
    if (typeof title !== 'string' || title === '') return answer(422, { message: 'Validation Failed' });
    issues.push({ title, body, labels, key: String(request.headers['idempotency-key']) });
    const html_url = `https://github.com/octo/demo/issues/${issues.length}`;
    // What it got is in its reply, and must not be in what is stored of it.
    return answer(201, { number: issues.length, html_url, title, state: 'open', sent_with: request.headers.authorization });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, issues, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe.each(databaseKinds)('the connector on %s', (kind) => {
  let gitHub: Awaited<ReturnType<typeof createGitHub>>;
  let server: TestServer;
  beforeAll(async () => {
    gitHub = await createGitHub();
    server = await createTestServer(kind, {
      steps: [githubIssue],
      environment: { AUTOMATE_OUTBOUND_ALLOW_HOSTS: gitHub.host, AUTOMATE_LOG_LEVEL: 'silent' },
    });
    await server.call('POST', '/api/v1/secrets/', { name: 'GITHUB_TOKEN', value: TOKEN, hosts: [gitHub.host] });
  });
  afterAll(async () => {
    await server?.close();
    gitHub?.server.close();
  });

  const open = async (config: object): Promise<string> => {
    const node = {
      id: 'open',
      type: 'github.create_issue',
      retry: { initial_seconds: 0.05, attempts: 3 },
      config: {
        repository: 'octo/demo',
        title: 'Order {{ event.payload.id }} is late',
        labels: ['late', '{{ event.payload.region }}'],
        token: { $secret: 'GITHUB_TOKEN' },
        api: `http://${gitHub.host}`,
        ...config,
      },
    };
    const { status, body } = await server.call<{ id: string }>('POST', '/api/v1/workflows/', {
      name: 'Late orders',
      graph: { nodes: [node], edges: [] },
    });
    expect(status, JSON.stringify(body)).toBe(201);
    return body.id;
  };
  const run = async (id: string): Promise<Execution> => {
    const input = { id: 7, region: 'north' };
    const { body } = await server.call<{ execution_id: string }>('POST', `/api/v1/workflows/${id}/run/`, { input });
    for (;;) {
      const execution = (await server.call<Execution>('GET', `/api/v1/executions/${body.execution_id}/`)).body;
      if (['succeeded', 'failed', 'cancelled'].includes(execution.status)) return execution;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it('opens one issue, though the first try fails, and keeps its token to itself', async () => {
    const execution = await run(await open({}));
    expect(execution).toMatchObject({
      status: 'succeeded',
      output: { number: 1, url: 'https://github.com/octo/demo/issues/1' },
      steps: [{ attempts: 2, input: { title: 'Order 7 is late', labels: ['late', 'north'], token: '[secret GITHUB_TOKEN]' } }],
    });
    expect(gitHub.issues).toMatchObject([{ title: 'Order 7 is late', labels: ['late', 'north'] }]);
    expect(JSON.stringify(execution)).not.toContain(TOKEN);
  });

  it('fails at once where GitHub refuses', async () => {
    const execution = await run(await open({ repository: 'octo/none' }));
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'http_status' }, steps: [{ attempts: 1 }] });
    expect(execution.error?.message).toContain('status 404');
  });

  it('says in a dry run what it would send', async () => {
    const before = gitHub.issues.length;
    const id = await open({ api: 'https://api.github.com' });
    const input = { id: 7, region: 'north' };
    const { body } = await server.call<Report>('POST', `/api/v1/workflows/${id}/dry-run/`, { input });
    expect(body).toMatchObject({
      status: 'succeeded',
      output: { number: 1 },
      calls: [{ step: 'open', method: 'POST', url: 'https://api.github.com/repos/octo/demo/issues' }],
    });
    expect(gitHub.issues).toHaveLength(before);
  });
});
