import { newId } from '../../src/kernel/index.ts';
import type { Reply, TestServer } from '../../src/testing/index.ts';
import { type Browser, openBrowser } from './browser.ts';
import { eventually } from './executions.ts';

/** Somebody who asks; the reply comes with its text, headers included. */
export interface Asker {
  readonly name: string;
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<TextReply>;
}
export interface TextReply extends Reply {
  readonly text: string;
}

/** A tenant with something of every kind in it. All of its texts hold `mark`. */
export interface FullTenant {
  readonly id: string;
  readonly mark: string;
  /** An API key with every scope. */
  readonly key: Asker;
  /** An admin's session. */
  readonly member: Asker;
  readonly browser: Browser;
}

const PASSWORD = 'correct horse battery staple';

export async function fillTenant(server: TestServer, mark: string): Promise<FullTenant> {
  const { automate } = server;
  const { id } = await automate.ensureTenant(mark, `${mark} tenant`);
  const key = await keyOf(server, { tenantId: id, name: `${mark} admin`, isStaff: false });
  const trace = { 'x-trace-id': `${mark}-trace` };
  const make = async <Body = { id: string }>(method: string, path: string, body?: unknown, headers = {}) => {
    const reply = await key.ask(method, path, body, { ...trace, ...headers });
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return reply.body as Body;
  };
  const graph = { nodes: [{ id: mark, type: 'core.log', config: { message: `${mark} {{ event.payload.note }}` } }], edges: [] };
  const triggers = [{ type: 'event', event_type: `${mark}.created`, filter: { '==': [{ var: 'payload.note' }, mark] } }];
  const workflow = await make(
    'POST',
    '/api/v1/workflows/',
    { name: `${mark} flow`, graph, triggers },
    { 'idempotency-key': `${mark}-key` },
  );
  await make('PUT', `/api/v1/workflows/${workflow.id}/`, { name: `${mark} flow`, graph, triggers });
  const broken = {
    nodes: [{ id: mark, type: 'core.transform', config: { template: { a: `{{ event.payload.${mark} }}` } } }],
    edges: [],
  };
  const failing = await make('POST', '/api/v1/workflows/', { name: `${mark} broken`, graph: broken });
  await addFlows(make, mark);
  for (const one of [workflow, failing]) await make('POST', `/api/v1/workflows/${one.id}/run/`, { input: { note: mark } });
  await make('POST', '/api/v1/events/', {
    event_type: `${mark}.created`,
    source: `${mark}-source`,
    payload: { note: mark },
    idempotency_key: `${mark}-event`,
  });
  const asking = { nodes: [{ id: 'ask', type: 'core.approval', config: { title: `${mark} asks` } }], edges: [] };
  const approval = await make('POST', '/api/v1/workflows/', { name: `${mark} approval`, graph: asking });
  for (let count = 0; count < 2; count += 1) await make('POST', `/api/v1/workflows/${approval.id}/run/`, {});
  const [asked] = await eventually(
    async () => ((await key.ask('GET', '/api/v1/approvals/')).body as { results: { id: string }[] }).results,
    (waiting) => waiting.length === 2,
  );
  await make('POST', `/api/v1/approvals/${asked?.id}/decide/`, { decision: 'approved', comment: mark });
  const matching = { type: `${mark}.created`, payload: { note: mark } };
  await make('POST', `/api/v1/workflows/${workflow.id}/cases/`, { name: mark, event: matching, matches: true });
  await make('POST', '/api/v1/saved-views/', { list: 'executions', name: mark, search: { trace: mark }, is_shared: true });
  await make('POST', '/api/v1/secrets/', {
    name: mark.toUpperCase(),
    value: `${mark} value`,
    description: mark,
    hosts: [`${mark}.example`],
  });
  await addModels(make, mark);
  await addPrompts(server, make, { id, mark });
  const made = await make('POST', '/api/v1/api-keys/', { name: `${mark} key`, scopes: ['workflows:read'] });
  await make('POST', `/api/v1/api-keys/${made.id}/rotate/`, { overlap_seconds: 0 });
  await make('POST', '/api/v1/invitations/', { email: `guest-${mark}@example.com`, role: 'viewer' });
  await make('PATCH', '/api/v1/policy/', { denied_hosts: [`denied.${mark}.example`] });
  const project = await make('POST', '/api/v1/projects/', { name: `${mark} project` });
  for (const title of ['one', 'two'])
    await make('POST', '/api/v1/notes/', { title: `${mark} ${title}`, project_id: project.id, body: mark });
  const file = await make('POST', `/api/v1/artifacts/?name=${mark}.txt`, `${mark} file`, { 'content-type': 'text/plain' });
  await automate.api.services.artifacts.reference({ tenantId: id, id: file.id, owner: { kind: 'job', id: mark } });
  const browser = await personOf(server, key, `admin-${mark}@example.com`);
  await eventually(
    async () => (await key.ask('GET', '/api/v1/jobs/?limit=200')).body as { results: { state: string; run_at: string }[] },
    // An approval waits until somebody decides; a sleep ends, and only then is everything as it stays.
    ({ results }) =>
      results.length >= 4 &&
      results.every(({ state, run_at }) => ['succeeded', 'failed'].includes(state) || (state === 'scheduled' && run_at > '9')),
  );
  return {
    id,
    mark,
    key,
    member: askerOf(`a member of ${mark}`, server, { cookie: browser.cookie ?? '', origin: server.url }),
    browser,
  };
}

/** Workflows whose starts are counted and held back, and one that is told something. */
async function addFlows(
  make: <Body = { id: string }>(method: string, path: string, body?: unknown) => Promise<Body>,
  mark: string,
) {
  const log = { id: mark, type: 'core.log', config: { message: mark } };
  const triggers = [{ type: 'event', event_type: `${mark}.created` }];
  const counted = { concurrency: { limit: 9 }, rate_limit: { limit: 9, period_seconds: 1 }, idempotency_key: mark };
  for (const [name, settings] of Object.entries({
    counted,
    gathered: { debounce: { seconds: 86_400 } },
    batched: { batch: { size: 9, seconds: 86_400 } },
  }))
    await make('POST', '/api/v1/workflows/', { name: `${mark} ${name}`, graph: { nodes: [log] }, triggers, settings });
  const nap = { id: 'nap', type: 'core.sleep', config: { seconds: 1 } };
  const wait = { id: 'wait', type: 'core.wait_for_signal', config: { name: mark } };
  const graph = { nodes: [nap, wait], edges: [{ source: 'nap', target: 'wait' }] };
  const told = await make('POST', '/api/v1/workflows/', { name: `${mark} told`, graph });
  const run = await make<{ execution_id: string }>('POST', `/api/v1/workflows/${told.id}/run/`, { execution_key: mark });
  const event = { id: 'event', type: 'core.wait_for_event', config: { event_type: `${mark}.never` } };
  const awaiting = await make('POST', '/api/v1/workflows/', { name: `${mark} awaiting`, graph: { nodes: [event] } });
  await make('POST', `/api/v1/workflows/${awaiting.id}/run/`, {});
  const child = { id: 'child', type: 'workflow.run', config: { workflow: 'nested', wait: false } };
  await make('POST', '/api/v1/workflows/', { name: `${mark} nested`, slug: 'nested', graph: { nodes: [log] } });
  const parent = await make('POST', '/api/v1/workflows/', { name: `${mark} parent`, graph: { nodes: [child] } });
  await make('POST', `/api/v1/workflows/${parent.id}/run/`, {});
  await make('POST', `/api/v1/executions/${run.execution_id}/signal/`, { name: mark, data: { note: mark } });
}

/** A prompt with a run that has ended, and what calls leave behind. */
async function addPrompts(
  server: TestServer,
  make: <Body = { id: string }>(method: string, path: string, body?: unknown) => Promise<Body>,
  { id: tenantId, mark }: { id: string; mark: string },
) {
  const version = { message: mark, model: mark, messages: [{ role: 'user', content: `${mark} {{ text }}` }] };
  const prompt = await make('POST', '/api/v1/prompts/', { name: `${mark} prompt`, description: mark, version });
  await make('PUT', `/api/v1/prompts/${prompt.id}/labels/${mark}/`, { version: 1 });
  const cases = [{ name: mark, variables: { text: mark }, assertions: [{ type: 'contains', value: mark }] }];
  const set = await make('POST', '/api/v1/prompt-test-sets/', { prompt_id: prompt.id, name: mark, cases });
  const run = await make('POST', '/api/v1/prompt-runs/', { test_set_id: set.id });
  await eventually(
    async () => (await make<{ status: string }>('GET', `/api/v1/prompt-runs/${run.id}/`)).status,
    (status) => status === 'succeeded',
  );
  const { db } = server.automate;
  await db.query(
    `insert into gateway.calls (id, tenant_id, task, model, provider, provider_model, protocol, caller, trace_id, prompt_id, prompt_version, status, error_detail, latency_ms)
     values ($1, $3, 'llm.chat', $4, $4, $4, 'openai', $4, $4, $5, 1, 'failed', $4, 5),
       -- Of a provider that is gone: nobody knows what it costs.
       ($2, $3, 'llm.chat', $4, $4 || '-gone', $4, 'openai', $4, $4, $5, 1, 'succeeded', null, 5)`,
    [newId(), newId(), tenantId, mark, prompt.id],
  );
  // The database may have no pgvector, without which nothing is compared.
  await db.query(
    `with answer as (
       insert into gateway.cached_answers (key, tenant_id, endpoint_id, body, usage, expires_at)
       select sha256($2::bytea), $1, id, $3, '{}', now() + interval '1 hour' from gateway.endpoints where tenant_id = $1 limit 1 returning key)
     insert into gateway.similar_requests (key, tenant_id, rest, meaning) select key, $1, key, '{1}' from answer`,
    [tenantId, Buffer.from(mark), mark],
  );
}

/** Whom models are asked of, what it may cost, and what was answered. */
async function addModels(
  make: <Body = { id: string }>(method: string, path: string, body?: unknown) => Promise<Body>,
  mark: string,
) {
  await make('POST', '/api/v1/providers/', { slug: mark, name: `${mark} provider`, kind: 'demo' });
  const targets = [{ provider: mark, model: 'demo' }];
  const endpoint = await make('POST', '/api/v1/endpoints/', {
    slug: `${mark}-chat`,
    name: mark,
    description: mark,
    targets,
    cache: { ttl_seconds: 3_600 },
  });
  const budget = { name: mark, scope: 'endpoint', subject_id: endpoint.id, metric: 'requests', period: 'total', amount: '1000' };
  await make('POST', '/api/v1/gateway/budgets/', budget);
  await make('POST', '/api/v1/gateway/prices/', { book: mark, model: mark, input: '1' });
  await make('POST', '/v1/responses', { model: `${mark}-chat`, input: mark });
  const job = await make<{ job_id: string }>('POST', `/api/modal/endpoints/${mark}-chat/job/`, { input: { prompt: mark } });
  await eventually(
    async () => (await make<{ status: string }>('GET', `/api/modal/jobs/${job.job_id}/status/`)).status,
    (status) => status === 'succeeded',
  );
  await make('POST', '/v1/chat/completions', { model: `${mark}-chat`, messages: [{ role: 'user', content: mark }] });
}

/** A key of a tenant, as somebody who asks. */
export async function keyOf(
  server: TestServer,
  { tenantId, name, isStaff, scopes = ['*'] }: { tenantId: string; name: string; isStaff: boolean; scopes?: readonly string[] },
): Promise<Asker> {
  const { value } = await server.automate.apiKeys.create({ tenantId, name, isStaff, scopes });
  return askerOf(name, server, { authorization: `Bearer ${value}` });
}

/** Invites an admin, who accepts. */
async function personOf(server: TestServer, by: Asker, email: string): Promise<Browser> {
  const { body } = await by.ask('POST', '/api/v1/invitations/', { email, role: 'admin' });
  const browser = openBrowser(server.url);
  const token = (body as { link: string }).link.split('#token=')[1];
  const accepted = await browser.call('POST', '/api/auth/accept-invitation/', { token, name: email, password: PASSWORD });
  if (accepted.status !== 200) throw new Error(`not accepted: ${JSON.stringify(accepted.body)}`);
  return browser;
}

export function askerOf(name: string, server: TestServer, credentials: Readonly<Record<string, string>>): Asker {
  return {
    name,
    async ask(method, path, body, headers = {}) {
      const isRaw = body === undefined || typeof body === 'string';
      const response = await fetch(new URL(path, server.url), {
        method,
        headers: { ...credentials, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: isRaw ? body : JSON.stringify(body) }),
      });
      const content = response.headers.get('content-type')?.includes('event-stream')
        ? await allEvents(response)
        : await response.text();
      const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '') && content !== '';
      const head = [...response.headers].map(([header, value]) => `${header}: ${value}\n`).join('');
      return {
        status: response.status,
        headers: response.headers,
        body: isJson ? JSON.parse(content) : content,
        text: head + content,
      };
    },
  };
}

/** What a stream says until it ends; those of what has ended do so at once. */
async function allEvents(response: Response): Promise<string> {
  const timeout = new Promise<string>((resolve) => setTimeout(resolve, 2_000, ''));
  return Promise.race([response.text(), timeout]);
}

/** All that the database holds of a tenant: its rows by table, and every value of them by column. */
export interface Holdings {
  readonly rows: ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>;
  /** The id of one row of each table that has ids. */
  readonly ids: readonly string[];
  /** Every UUID in them. */
  readonly uuids: ReadonlySet<string>;
  /** Texts of a column, whatever its table. */
  valuesOf(column: string): readonly string[];
}

/** What is noted when something is used. */
const USED = new Set(['api_keys.last_used_at', 'sessions.updated_at', 'members.last_seen_at']);

export async function holdingsOf(server: TestServer, tenantId: string): Promise<Holdings> {
  const { db } = server.automate;
  const { rows: tables } = await db.query<{ name: string; place: string; filter: string }>(
    `select case n.nspname when 'gateway' then 'gateway_' else '' end || c.relname as name, n.nspname || '.' || c.relname as place, case when a.attname is not null then 'tenant_id = $1' when c.relname = 'tenants' then 'id = $1'
       when c.relname = 'users' then 'id in (select user_id from members where tenant_id = $1)'
       else 'user_id in (select user_id from members where tenant_id = $1)' end as filter
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     left join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and c.relname <> 'sessions'
     where n.nspname in ('automate', 'public', 'gateway') and c.relkind in ('r', 'p', 'v') and not c.relispartition
       and (a.attname is not null or c.relname in ('tenants', 'users', 'sessions', 'passwords')) order by 1`,
  );
  const rows = new Map<string, Record<string, unknown>[]>();
  for (const { name, place, filter } of tables) {
    const found = await db.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(t) as row from ${place} t where ${filter} order by to_jsonb(t)::text`,
      [tenantId],
    );
    rows.set(
      name,
      found.rows.map(({ row }) => row),
    );
  }
  const all = [...rows.values()].flat();
  const isUuid = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value);
  return {
    rows,
    ids: [...rows.values()].flatMap(([row]) => [row?.id, row?.execution_id].filter(isUuid)).slice(0, 90),
    uuids: new Set(all.flatMap((row) => Object.values(row).filter(isUuid))),
    valuesOf: (column) => [...new Set(all.map((row) => row[column]).filter((value) => typeof value === 'string'))],
  };
}

/** The same, ready to be compared: without what looking at something notes, and the record of it. */
export function stableRows({ rows }: Holdings): Record<string, unknown> {
  const kept = [...rows].filter(([name]) => !name.startsWith('audit_'));
  return Object.fromEntries(
    kept.map(([name, found]) => [
      name,
      found.map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => !USED.has(`${name}.${column}`)))),
    ]),
  );
}

/** A tenant of its own, and calls with a key that has every scope there and is not staff. */
export interface TestTenant {
  readonly id: string;
  readonly call: TestServer['call'];
}

export async function createTenant(server: TestServer, slug: string, scopes: readonly string[] = ['*']): Promise<TestTenant> {
  const { id } = await server.automate.ensureTenant(slug);
  const { value } = await server.automate.apiKeys.create({ tenantId: id, name: slug, scopes, isStaff: false });
  return {
    id,
    call: (method, path, body, headers) => server.call(method, path, body, { authorization: `Bearer ${value}`, ...headers }),
  };
}
