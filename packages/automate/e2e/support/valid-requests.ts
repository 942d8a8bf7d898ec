import type { Reply, TestServer } from '../../src/testing/index.ts';
import {
  bodyOf,
  type ContractClient,
  createContractClient,
  createFor,
  jsonBody,
  parametersOf,
  requiredQuery,
  type Sent,
  takesAnything,
  takesFiles,
} from './contract-client.ts';
import { eventually } from './executions.ts';
import { createGenerator, type Generator } from './generate.ts';
import type { Operation } from './openapi.ts';
import { samples } from './samples.ts';

/** Operations that no request made from the document gets to 2xx, and why. */
export const NEVER_REACHED: Readonly<Record<string, string>> = {
  'sign-in.signIn': 'needs an account: e2e/people.test.ts',
  'sign-in.setup': 'needs the link of the start: e2e/people.test.ts',
  'sign-in.link': 'needs a link: e2e/people.test.ts',
  'sign-in.acceptInvitation': 'needs an invitation: e2e/people.test.ts',
  'sign-in.resetPassword': 'needs a link: e2e/people.test.ts',
  'single-sign-on.start': 'needs a provider: e2e/single-sign-on.test.ts',
  'single-sign-on.callback': 'needs a provider: e2e/single-sign-on.test.ts',
  'studio-settings.testSingleSignOn': 'needs a provider: e2e/studio-settings.test.ts',
  'studio-settings.testMail': 'needs a mail server, and a person: e2e/studio-settings.test.ts',
  'execution.cancel': 'needs one that runs: e2e/graph.test.ts',
  'execution.signal': 'needs one that waits: e2e/graph.test.ts',
  'workflow.signalWithStart': 'needs one that waits: e2e/execution-keys.test.ts',
  'job.cancel': 'needs one that has not ended: e2e/job-control.test.ts',
  'job.redrive': 'needs a dead letter: e2e/job-control.test.ts',
  'execution.replay': 'needs one that has ended: e2e/replay.test.ts',
  'workflow.deleteCase': 'needs a case: e2e/rule-cases.test.ts',
  'prompt.version': 'needs the number of a version: e2e/prompts.test.ts',
  'prompt.putLabel': 'needs the name of a label: e2e/prompts.test.ts',
  'prompt.removeLabel': 'needs the name of a label: e2e/prompts.test.ts',
  'prompt-run.cancel': 'needs one that has not ended: e2e/prompt-runs.test.ts',
  'admin-model.get': 'needs the name of a model: e2e/studio-admin-api.test.ts',
  'admin-facets.get': 'needs the name of a model: e2e/studio-admin-api.test.ts',
  'admin-names.get': 'needs the name of a model: e2e/studio-admin-api.test.ts',
  'admin-related.get': 'needs the name of a model: e2e/studio-admin-api.test.ts',
  'artifact-content.get': 'needs a link: e2e/artifacts.test.ts',
  'approval-link.get': 'needs a link: e2e/approvals.test.ts',
  'approval-link.post': 'needs a link: e2e/approvals.test.ts',
  'session.switchTenant': 'needs a session: e2e/people.test.ts',
  'session.signOut': 'needs a session: e2e/people.test.ts',
  'session.sessions': 'needs a session: e2e/people.test.ts',
  'session.endSession': 'needs a session: e2e/people.test.ts',
  'session.password': 'needs a session: e2e/people.test.ts',
  'session.twoFactor': 'needs a session: e2e/people.test.ts',
  'session.confirmTwoFactor': 'needs a session: e2e/people.test.ts',
  'session.disableTwoFactor': 'needs a session: e2e/people.test.ts',
};

const COLLECTIONS = [
  'projects',
  'notes',
  'workflows',
  'events',
  'api-keys',
  'secrets',
  'users',
  'invitations',
  'tenants',
  'saved-views',
  'prompts',
  'prompt-test-sets',
  'prompt-runs',
  'providers',
  'endpoints',
  'gateway/budgets',
  'gateway/prices',
];
/** Where things are listed that others name by another noun. */
const NOUNS: Readonly<Record<string, string>> = { test_set: 'prompt-test-set', other: 'prompt-run' };

/** A provider that needs nothing. */
const DEMO = 'demo-of-all';

/** Calls for the log, which is written behind them. */
async function callModels(server: TestServer, rows: number): Promise<void> {
  const messages = [{ role: 'user', content: 'Hello' }];
  for (let row = 0; row < rows; row += 1) await server.call('POST', '/v1/chat/completions', { model: `${DEMO}/demo`, messages });
  await eventually(
    async () => (await server.call<{ count: number }>('GET', '/api/v1/gateway/calls/?count=true')).body.count,
    (count) => count >= rows,
  );
}

type Style = 'bare' | 'plain' | 'wild';

/** Valid requests for every operation of a server, made from its document, and rows for them to be about. */
export interface ValidRequests {
  readonly client: ContractClient;
  readonly generator: Generator;
  readonly operations: readonly Operation[];
  /** Those that answer with pages. */
  readonly lists: readonly Operation[];
  /** Ids of the operations that have succeeded. */
  readonly reached: ReadonlySet<string>;
  /** Sends what must succeed. */
  succeed<Body>(operation: Operation, sent?: Sent): Promise<Reply<Body>>;
  /** The file of an import is the export beside it. */
  exported(operation: Operation, format?: string): Promise<string>;
  /** Sends each operation valid requests in these styles; those that cannot be reached one that is not. */
  sendAll(styles: readonly Style[], isPassedOver?: (operation: Operation) => boolean): Promise<void>;
}

/** @param rows in each collection; @param approvals that wait */
export async function prepareRequests(
  server: TestServer,
  { seed, rows, approvals }: { seed: number; rows: number; approvals: number },
): Promise<ValidRequests> {
  const client = await createContractClient(server);
  // What clients of vendors call answers as its vendor documents it: e2e/gateway-sdks.test.ts holds that.
  const operations = client.contract.operations.filter(({ path }) => !path.startsWith('/v1/'));
  const reached = new Set<string>();
  const ids = new Map<string, readonly string[]>();
  const lists = operations.filter(
    (operation) =>
      operation.method === 'GET' &&
      !operation.path.includes('{') &&
      parametersOf(operation, 'query').some(({ name }) => name === 'cursor'),
  );
  const generator = createGenerator({
    document: client.contract.document,
    seed,
    samples: {
      ...samples,
      PromptTestSetCreate: (make) => ({
        prompt_id: ids.get('/api/v1/prompts/')?.[0],
        name: `Set ${make.random()}`,
        cases: [samples.PromptCase?.(make)],
      }),
      PromptRunCreate: () => ({ test_set_id: ids.get('/api/v1/prompt-test-sets/')?.[0], version: 1 }),
      EndpointCreate: (make) => ({ slug: `e${make.random()}`.toLowerCase(), targets: [{ provider: DEMO, model: 'demo' }] }),
      EndpointUpdate: () => ({ targets: [{ provider: DEMO, model: 'demo', priority: 1 }] }),
    },
    known: (property, { format }) => {
      if (property === 'version') return 1;
      if (property === 'last_event_id') return '1';
      const noun = /^(\w+)_id$/.exec(property)?.[1];
      return noun && format === 'uuid' ? ids.get(`/api/v1/${NOUNS[noun] ?? noun}s/`)?.[0] : undefined;
    },
  });
  await server.call('POST', '/api/v1/providers/', { slug: DEMO, kind: 'demo' });
  for (const collection of COLLECTIONS.map((name) => `/api/v1/${name}/`)) {
    const create = client.find('POST', collection) as Operation;
    for (let row = 0; row < rows; row += 1) await client.send(create, { body: bodyOf(generator, create, 'plain') });
    ids.set(collection, await client.keysOf(collection));
  }
  const run = client.find('POST', '/api/v1/workflows/{id}/run/') as Operation;
  for (let row = 0; row < rows; row += 1) await client.send(run, { body: {} });
  await eventually(
    async () => (await server.call<{ count: number }>('GET', '/api/v1/executions/?status=succeeded&count=true')).body.count,
    (count) => count === rows,
  );
  const asking = { nodes: [{ id: 'ask', type: 'core.approval', config: { title: 'Well?', schema: { type: 'object' } } }] };
  const { body: flow } = await server.call<{ id: string }>('POST', '/api/v1/workflows/', { name: 'Asks', graph: asking });
  // Some are decided at once.
  for (let row = 0; row < approvals + rows; row += 1) await server.call('POST', `/api/v1/workflows/${flow.id}/run/`, {});
  await eventually(
    async () => (await server.call<{ count: number }>('GET', '/api/v1/approvals/?count=true')).body.count,
    (count) => count === approvals + rows,
  );
  const { body: asked } = await server.call<{ results: { id: string }[] }>('GET', `/api/v1/approvals/?limit=${rows}`);
  for (const { id } of asked.results)
    await server.call('POST', `/api/v1/approvals/${id}/decide/`, { decision: 'approved', data: {} });
  const upload = client.find('POST', '/api/v1/artifacts/') as Operation;
  for (let row = 0; row < rows; row += 1)
    await client.send(upload, { body: `file ${row}`, headers: { 'content-type': 'text/plain' } });
  await callModels(server, rows);
  for (const { path } of lists) ids.set(path, await client.keysOf(path));

  async function succeed<Body>(operation: Operation, sent: Sent = {}): Promise<Reply<Body>> {
    const reply = await client.send<Body>(operation, sent);
    if (reply.status >= 300)
      client.fail(operation, `${JSON.stringify(sent)?.slice(0, 200)} got ${reply.status} ${show(reply.body)}`);
    else reached.add(operation.operationId);
    return reply;
  }

  async function exported(operation: Operation, format = 'csv'): Promise<string> {
    if (takesAnything(operation)) return `a file of ${format}`;
    const exports = client.find('GET', operation.path.replace('/import/', '/export/')) as Operation;
    const reply = await client.send<unknown>(exports, { query: { format } });
    return typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body);
  }

  async function sendFiles(operation: Operation): Promise<void> {
    for (const [type, format] of Object.entries(FORMATS)) {
      const body = await exported(operation, format);
      const report = await succeed<{ failed: number; updated: number }>(operation, { body, headers: { 'content-type': type } });
      if (!takesAnything(operation) && (report.body.failed !== 0 || report.body.updated === 0))
        client.fail(operation, `${format}: ${show(report.body)}`);
      const form = new FormData();
      form.set('file', new Blob([body], { type }), `rows.${format}`);
      await succeed(operation, { body: form });
    }
  }

  async function sendIn(style: Style, operation: Operation): Promise<void> {
    const query = requiredQuery(generator, operation);
    const path = operation.method === 'DELETE' ? await createFor(client, generator, operation) : undefined;
    const body = bodyOf(generator, operation, style);
    const reply = await succeed<{ id?: string }>(operation, { query, body, ...(path && { path }) });
    const location = reply.headers.get('location');
    if (!location) return;
    const { status } = await server.call('GET', location);
    if (status !== 200) client.fail(operation, `its Location got ${status}`);
  }

  return {
    client,
    generator,
    operations,
    lists,
    reached,
    succeed,
    exported,
    async sendAll(styles, isPassedOver = () => false) {
      for (const operation of operations.filter((one) => !isPassedOver(one))) {
        if (NEVER_REACHED[operation.operationId]) await client.send(operation, { body: bodyOf(generator, operation, 'plain') });
        else if (takesFiles(operation)) await sendFiles(operation);
        else for (const style of styles) if (style !== 'wild' || jsonBody(operation)) await sendIn(style, operation);
      }
    },
  };
}

const FORMATS = { 'text/csv': 'csv', 'application/json': 'json', 'application/x-ndjson': 'jsonl' };

function show(value: unknown): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 400);
}
