import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RoleName, roleNames } from '../src/governance/index.ts';
import { hasScope, newId } from '../src/kernel/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { openBrowser } from './support/browser.ts';
import { builtInRoles } from './support/built-in-roles.ts';
import { requiredQuery } from './support/contract-client.ts';
import { eventually } from './support/executions.ts';
import { createGenerator } from './support/generate.ts';
import { contractOf } from './support/openapi.ts';
import { type AnyRoute, permissionNames } from './support/route-permissions.ts';
import { samples } from './support/samples.ts';
import { type Asker, askerOf, keyOf } from './support/tenants.ts';

/** Routes that name no scope, and why. */
const WITHOUT_SCOPE: Readonly<Record<string, string>> = {
  'health-live.get': 'open: for whatever watches the process',
  'health-ready.get': 'open: for whatever watches the process',
  'metrics.get': 'open: counts without names',
  'openapi.get': 'open: how to call',
  'docs.get': 'open: how to call',
  'docs-file.get': 'open: scripts and styles of the API page',
  'docs-file.file': 'open: scripts and styles of the API page',
  'home.get': 'open: a page that holds nothing but what leads to the API',
  'sign-in-page.get': 'open: a page that holds nothing but what leads to the API',
  'setup-page.get': 'open: a page that holds nothing but what leads to the API',
  'reset-password-page.get': 'open: a page that holds nothing but what leads to the API',
  'invitation-page.get': 'open: a page that holds nothing but what leads to the API',
  'account-page.get': 'open: a page that holds nothing but what leads to the API',
  'approval-page.get': 'open: a page that holds nothing but what leads to the API',
  'studio-page.get': 'open: a page that holds nothing but what leads to the API',
  'studio-page.file': 'open: scripts and styles of the Studio',
  'admin-page.get': 'open: leads to the Studio',
  'below-admin-page.get': 'open: leads to the Studio',
  'page-asset.get': 'open: scripts and styles of the pages',
  'page-asset.file': 'open: scripts and styles of the pages',
  'single-sign-on.start': 'open: a way in',
  'single-sign-on.callback': 'open: a way in',
  'sign-in.options': 'open: which ways in there are',
  'sign-in.signIn': 'open: a way in',
  'sign-in.setup': 'open: a way in',
  'sign-in.link': 'open: a way in',
  'sign-in.acceptInvitation': 'open: a way in',
  'sign-in.requestPasswordReset': 'open: a way in',
  'sign-in.resetPassword': 'open: a way in',
  'artifact-content.get': 'open: whoever has a link that was signed',
  'approval-link.get': 'open: whoever has the link',
  'approval-link.post': 'open: whoever has the link',
  'session.session': 'tells whoever asks what they may do',
  'session.switchTenant': 'about the own account: no role may keep anybody from it',
  'session.signOut': 'about the own account: no role may keep anybody from it',
  'session.sessions': 'about the own account: no role may keep anybody from it',
  'session.endSession': 'about the own account: no role may keep anybody from it',
  'session.password': 'about the own account: no role may keep anybody from it',
  'session.twoFactor': 'about the own account: no role may keep anybody from it',
  'session.confirmTwoFactor': 'about the own account: no role may keep anybody from it',
  'session.disableTwoFactor': 'about the own account: no role may keep anybody from it',
};
const PASSWORD = 'correct horse battery staple';

/** Somebody with what the table says they hold. */
interface Actor {
  readonly asker: Asker;
  readonly scopes: readonly string[] | null;
  readonly isStaff: boolean;
  readonly isPerson: boolean;
}

/** What they are given is too large for an address; they change nothing. */
const WORKS_OUT = ['rule-tester.post', 'rule-trial.post'];

describe.each(databaseKinds)('roles on %s', (kind) => {
  let server: TestServer;
  let tenantId: string;
  let staff: Asker;
  let all: readonly AnyRoute[];
  const actors: Actor[] = [];
  const byRole = new Map<RoleName, Asker>();

  beforeAll(async () => {
    server = await createTestServer(kind, { hasWorker: false });
    all = server.automate.api.routes;
    tenantId = (await server.automate.ensureTenant('default')).id;
    staff = askerOf('bootstrap', server, { authorization: `Bearer ${server.token}` });
    for (const role of roleNames) {
      const asker = await personWith({ role });
      byRole.set(role, asker);
      actors.push({ asker, scopes: builtInRoles.scopesOf(role), isStaff: false, isPerson: true });
    }
    actors.push({
      asker: await personWith({ role: 'viewer', is_staff: true }),
      scopes: builtInRoles.scopesOf('viewer'),
      isStaff: true,
      isPerson: true,
    });
    actors.push({
      asker: await personWith({ role: 'owner', is_staff: true }),
      scopes: builtInRoles.scopesOf('owner'),
      isStaff: true,
      isPerson: true,
    });
    actors.push({
      asker: await personWith({ role: 'owner' }, { isMember: false }),
      scopes: null,
      isStaff: false,
      isPerson: true,
    });
    actors.push({
      asker: await personWith({ role: 'owner', is_staff: true }, { isMember: false }),
      scopes: null,
      isStaff: true,
      isPerson: true,
    });
    actors.push({ asker: askerOf('anonymous', server, {}), scopes: null, isStaff: false, isPerson: false });
    for (const scope of builtInRoles.scopes) {
      for (const isStaff of [false, true]) {
        const asker = await keyOf(server, {
          tenantId,
          name: `${isStaff ? 'staff ' : ''}key with ${scope}`,
          isStaff,
          scopes: [scope],
        });
        actors.push({ asker, scopes: [scope], isStaff, isPerson: false });
      }
    }
  });
  afterAll(() => server?.close());

  /** Makes a user, who chooses a password and signs in. */
  async function personWith(given: { role: RoleName; is_staff?: boolean }, { isMember = true } = {}): Promise<Asker> {
    const email = `${newId()}@example.com`;
    const made = await staff.ask('POST', '/api/v1/users/', { ...given, email, name: 'Somebody' });
    const { id, link } = made.body as { id: string; link: string };
    const browser = openBrowser(server.url);
    await browser.call('POST', '/api/auth/reset-password/', { token: link.split('#token=')[1], password: PASSWORD });
    expect((await browser.call('POST', '/api/auth/sign-in/', { email, password: PASSWORD })).status).toBe(200);
    if (!isMember) {
      const { body } = await staff.ask('GET', `/api/v1/members/?user_id=${id}`);
      const removed = await staff.ask('DELETE', `/api/v1/members/${(body as { results: { id: string }[] }).results[0]?.id}/`);
      expect(removed.status).toBe(204);
    }
    const name = `${given.is_staff ? 'staff, ' : ''}${isMember ? given.role : 'no member'}`;
    return askerOf(name, server, { cookie: browser.cookie ?? '', origin: server.url });
  }

  it('are asked for at every route as the table says', async () => {
    const contract = await contractOf(server);
    const generator = createGenerator({ document: contract.document, seed: 1, samples });
    const wrong: string[] = [];
    let [allowed, refused] = [0, 0];
    for (const route of all) {
      const names = permissionNames(route);
      const operation = contract.operations.find(({ operationId }) => operationId === route.operationId);
      const query = operation ? new URLSearchParams(requiredQuery(generator, operation)).toString() : '';
      const path = `${route.path.replace(/\{\w+\}/g, newId())}?${query}`;
      // Whether it is let in is decided before the body is read: this one stops whoever is from doing anything.
      const body = route.method === 'GET' || route.method === 'DELETE' ? undefined : '{';
      for (const { asker, scopes, isStaff, isPerson } of actors) {
        if (route.operationId === 'session.signOut' && scopes !== null && isPerson) continue; // it would end what asks
        const isAllowed =
          route.isOpen || (scopes !== null && names.every((name) => holds(name, { scopes, isStaff, isPerson, route })));
        const reply = await asker.ask(route.method, path, body);
        const code = codeOf(reply.body);
        const isRefused = REFUSALS[reply.status]?.includes(code) === true;
        if (isAllowed) allowed += 1;
        else refused += 1;
        const expected = scopes === null ? 401 : 403;
        if (isRefused === isAllowed || reply.status >= 500 || (!isAllowed && reply.status !== expected))
          wrong.push(`${asker.name}: ${route.operationId} answers ${reply.status} ${code ?? ''}, allowed: ${isAllowed}`);
      }
    }
    expect(wrong).toEqual([]);
    expect([allowed > 500, refused > 1_000]).toEqual([true, true]);
  });

  function holds(
    name: string,
    { scopes, isStaff, isPerson, route }: { scopes: readonly string[]; isStaff: boolean; isPerson: boolean; route: AnyRoute },
  ): boolean {
    if (route.scope !== undefined && !hasScope({ scopes }, route.scope)) return false;
    const scope = /^HasScope\((.*)\)$/.exec(name)?.[1];
    if (scope !== undefined) return hasScope({ scopes }, scope);
    if (name === 'IsStaff') return isStaff;
    if (name === 'IsPerson') return isPerson;
    // Of one's own rows: which they are is asked when a row is there.
    if (name === 'IsAuthenticated' || name === 'IsOwn') return true;
    throw new Error(`The test does not know the permission ${name}.`);
  }

  it('know every scope that a route names', () => {
    const unnamed = all.filter(({ scope }) => scope === undefined).map(({ operationId }) => operationId);
    expect(unnamed.toSorted()).toEqual(Object.keys(WITHOUT_SCOPE).toSorted());
    const named = all.flatMap((route) => [
      route.scope,
      ...permissionNames(route).map((name) => /^HasScope\((.*)\)$/.exec(name)?.[1]),
    ]);
    expect(named.filter((scope) => scope !== undefined && !builtInRoles.scopes.includes(scope))).toEqual([]);
    const odd = all.filter(
      ({ scope, method, operationId }) =>
        scope && (method === 'GET' || WORKS_OUT.includes(operationId)) !== scope.endsWith(':read'),
    );
    expect(odd.map(({ operationId, scope }) => `${operationId}: ${scope}`)).toEqual([]);
    expect(
      all.filter((route) => route.scope === undefined && !route.isOpen && !route.operationId.startsWith('session.')),
    ).toEqual([]);
  });

  it.each<[string, string, string | undefined, readonly RoleName[]]>([
    ['publishes', 'POST', 'workflows/{}/publish/', ['owner', 'admin', 'editor']],
    ['runs', 'POST', 'workflows/{}/run/', ['owner', 'admin', 'editor', 'operator']],
    ['builds', 'POST', 'workflows/', ['owner', 'admin', 'editor']],
    ['imports', 'POST', 'workflows/import/', ['owner', 'admin', 'editor']],
    ['pauses', 'PATCH', 'workflows/{}/', ['owner', 'admin', 'editor']],
    ['looks at workflows', 'GET', 'workflows/', roleNames],
    ['looks at executions', 'GET', 'executions/', roleNames],
    ['sends events', 'POST', 'events/', ['owner', 'admin', 'editor', 'operator']],
    ['sees names of secrets', 'GET', 'secrets/', ['owner', 'admin', 'editor']],
    ['manages secrets', 'POST', 'secrets/', ['owner', 'admin']],
    ['rotates secrets', 'POST', 'secrets/{}/rotate/', ['owner', 'admin']],
    ['makes keys', 'POST', 'api-keys/', ['owner', 'admin']],
    ['sees keys', 'GET', 'api-keys/', ['owner', 'admin']],
    ['reads the audit record', 'GET', 'audit/', ['owner', 'admin']],
    ['invites', 'POST', 'invitations/', ['owner', 'admin']],
    ['changes roles', 'PATCH', 'members/{}/', ['owner', 'admin']],
    ['renames the tenant', 'PATCH', 'tenants/{}/', ['owner', 'admin']],
    ['sees the policy', 'GET', 'policy/', ['owner', 'admin']],
    ['changes the policy', 'PATCH', 'policy/', ['owner', 'admin']],
    ['sets the ceiling of a tenant', 'PUT', 'tenants/{}/policy/', []],
    ['views the studio', 'GET', '../studio/correlation/?trace_id=x', roleNames],
    ['makes tenants', 'POST', 'tenants/', []],
    ['sees all people', 'GET', 'users/', []],
    ['rotates master keys', 'POST', 'master-keys/rotate/', []],
  ])('say who %s', async (_, method, place, expected) => {
    const path = `/api/v1/${place?.replace('{}', newId())}`;
    const found: RoleName[] = [];
    for (const [role, asker] of byRole) {
      const { status } = await asker.ask(method, path, method === 'GET' ? undefined : '{');
      if (status !== 403) found.push(role);
    }
    expect(found).toEqual(expected);
  });

  describe('publish_workflow', () => {
    const graph = { nodes: [{ id: 'a', type: 'core.log', config: { message: 'x' } }], edges: [] };
    const changed = { nodes: [{ id: 'a', type: 'core.log', config: { message: 'changed' } }], edges: [] };
    const triggers = [{ type: 'event', event_type: 'x.y' }];
    let writer: Asker;
    let runner: Asker;
    beforeAll(async () => {
      writer = await keyOf(server, {
        tenantId,
        name: 'writer',
        isStaff: false,
        scopes: ['workflows:read', 'workflows:write', 'workflows:run'],
      });
      runner = byRole.get('operator') as Asker;
    });
    const create = async (asker: Asker, body: object) =>
      asker.ask('POST', '/api/v1/workflows/', { name: 'w', graph, triggers, ...body });
    const idOf = (body: unknown) => (body as { id: string }).id;
    const stateOf = async (id: string) => {
      const { rows } = await server.automate.db.query<{ live: number; version: number; latest: number; is_live: boolean }>(
        `select (select count(*)::int from triggers where workflow_id = w.id and retired_at is null and w.is_live) as live,
           workflow_version as version, latest_version as latest, is_live from workflows w where id = $1`,
        [id],
      );
      return rows[0];
    };

    it('is needed for whatever makes a version live, by whichever route', async () => {
      const id = idOf((await create(staff, { slug: 'held' })).body);
      const path = `/api/v1/workflows/${id}/`;
      const before = await stateOf(id);
      const slug = 'held';
      for (const [method, where, body] of [
        ['POST', '/api/v1/workflows/', { name: 'w', graph, triggers }],
        ['POST', '/api/v1/workflows/', { name: 'w', graph, triggers, is_live: true }],
        ['PUT', path, { name: 'w', graph: changed, triggers }],
        ['PUT', path, { name: 'w', graph: changed, triggers, is_live: true }],
        ['PUT', path, { name: 'w', graph: changed, triggers, is_live: false }],
        ['PATCH', path, { is_live: true }],
        ['POST', `${path}publish/`, { version: 1 }],
      ] as const) {
        const reply = await writer.ask(method, where, body);
        expect([reply.status, (reply.body as { detail: string }).detail], `${method} ${JSON.stringify(body)}`).toEqual([
          403,
          expect.stringContaining('workflows:publish'),
        ]);
      }
      for (const item of [
        { name: 'w', graph, triggers },
        { name: 'w', slug, graph: changed, triggers },
        { name: 'w', slug, graph: changed, triggers, is_live: false },
      ]) {
        const report = (await writer.ask('POST', '/api/v1/workflows/import/', [item])).body;
        expect(report, JSON.stringify(item)).toMatchObject({ applied: false, results: [{ status: 'failed' }] });
      }
      expect(await stateOf(id)).toEqual(before);
      expect((await server.automate.db.query(`select 1 from workflows where name = 'w'`)).rows).toHaveLength(1);
    });

    it('is not needed for drafts: what is paused, and stays so', async () => {
      const made = await create(writer, { is_live: false });
      expect(made.status).toBe(201);
      const id = idOf(made.body);
      const path = `/api/v1/workflows/${id}/`;
      expect((await writer.ask('PUT', path, { name: 'w', graph: changed, triggers })).status).toBe(200);
      expect((await writer.ask('PUT', path, { name: 'w', graph, is_live: true })).status).toBe(403);
      expect((await writer.ask('PATCH', path, { is_live: true })).status).toBe(403);
      expect(await stateOf(id)).toMatchObject({ live: 0, version: 2, latest: 2, is_live: false });
      expect((await byRole.get('editor')?.ask('PATCH', path, { is_live: true }))?.status).toBe(200);
      expect(await stateOf(id)).toMatchObject({ live: 1, is_live: true });
      expect((await writer.ask('PATCH', path, { is_live: false })).status).toBe(200);
      const imported = await writer.ask('POST', '/api/v1/workflows/import/', [
        { name: 'd', slug: 'draft', graph, is_live: false },
      ]);
      expect(imported.body).toMatchObject({ applied: true, results: [{ status: 'created' }] });
    });

    it('is needed to run another version than the published one', async () => {
      const id = idOf((await create(staff, {})).body);
      await staff.ask('PUT', `/api/v1/workflows/${id}/`, { name: 'w', graph: changed });
      const run = async (asker: Asker, body: object) => (await asker.ask('POST', `/api/v1/workflows/${id}/run/`, body)).status;
      expect(await run(runner, {})).toBe(202);
      expect(await run(runner, { version: 2 })).toBe(202);
      expect(await run(runner, { version: 1 })).toBe(403);
      expect(await run(byRole.get('editor') as Asker, { version: 1 })).toBe(202);
      expect(await run(byRole.get('viewer') as Asker, {})).toBe(403);
    });
  });

  it('take effect at once when they change, for sessions and for keys', async () => {
    const editor = await personWith({ role: 'editor' });
    const { user } = (await editor.ask('GET', '/api/auth/session/')).body as { user: { id: string } };
    expect((await editor.ask('GET', '/api/v1/secrets/')).status).toBe(200);
    const { body } = await staff.ask('GET', `/api/v1/members/?user_id=${user.id}`);
    const member = (body as { results: { id: string }[] }).results[0]?.id;
    expect((await staff.ask('PATCH', `/api/v1/members/${member}/`, { role: 'viewer' })).status).toBe(200);
    await eventually(
      async () => (await editor.ask('GET', '/api/v1/secrets/')).status,
      (status) => status === 403,
    );
    expect((await editor.ask('GET', '/api/v1/workflows/')).status).toBe(200);
  });
});

/** The codes of refusals, by status: ours, and those that clients of OpenAI and of Anthropic read. */
const REFUSALS: Readonly<Record<number, readonly string[]>> = {
  401: ['unauthenticated', 'invalid_api_key', 'authentication_error'],
  403: ['forbidden', 'permission_error'],
};

function codeOf(body: unknown): string {
  const { code, error } = (body ?? {}) as { code?: string; error?: { code?: string; type?: string } };
  return code ?? error?.code ?? error?.type ?? '';
}
