import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineTrigger } from '../src/engine/index.ts';
import { newId } from '../src/kernel/index.ts';
import { defineFeature } from '../src/platform/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { notesHost } from './fixtures/notes.ts';
import { bodyOf, jsonBody, parametersOf, requiredQuery, takesFiles } from './support/contract-client.ts';
import { eventually } from './support/executions.ts';
import { createGenerator, type Generator } from './support/generate.ts';
import { type Contract, contractOf, type Operation } from './support/openapi.ts';
import { placesOf, replaceAt, withName } from './support/places.ts';
import { type AnyRoute, isForStaff } from './support/route-permissions.ts';
import { samples } from './support/samples.ts';
import {
  type Asker,
  type FullTenant,
  fillTenant,
  type Holdings,
  holdingsOf,
  keyOf,
  stableRows,
  type TextReply,
} from './support/tenants.ts';
import { switchOffScope } from './support/without-scope.ts';

/** Routes about no tenant's things, and why. Whatever is not here is probed. */
const OPEN: Readonly<Record<string, string>> = {
  'health-live.get': 'the state of the installation, for anybody',
  'health-ready.get': 'the state of the installation, for anybody',
  'metrics.get': 'counts of the process, without names: probed as a list',
  'openapi.get': 'the same for everybody: probed as a list',
  'docs.get': 'the same for everybody: probed as a list',
  'sign-in.signIn': 'a way in, by a password: people.test.ts',
  'sign-in.setup': 'a way in, by a link: people.test.ts',
  'sign-in.link': 'a way in, by a link: people.test.ts',
  'sign-in.acceptInvitation': 'a way in, by a link: people.test.ts',
  'sign-in.requestPasswordReset': 'the same answer for every address: people.test.ts',
  'sign-in.resetPassword': 'a way in, by a link: people.test.ts',
  'artifact-content.get': 'open to whoever has a link that was signed: artifacts.test.ts',
  'approval-link.get': 'open to whoever has the link, and counted by address: approvals.test.ts',
  'approval-link.post': 'open to whoever has the link, and counted by address: approvals.test.ts',
  'openai-image-edits.post': 'takes a form that names no id: gateway-media.test.ts',
  'openai-transcriptions.post': 'takes a form that names no id: gateway-media.test.ts',
  'session.signOut': 'ends the session that asks, and names no other',
  'session.password': 'changes the account that asks, and names no other',
  'session.twoFactor': 'changes the account that asks, and names no other',
  'session.confirmTwoFactor': 'changes the account that asks, and names no other',
  'session.disableTwoFactor': 'changes the account that asks, and names no other',
};
/** What staff operate: the names and policies of tenants, the people of the installation, its keys and its shape. */
const OF_INSTALLATION = /^(tenant\.|tenant-policy\.|user\.|master-key\.|schema\.)/;
/** Pages for people are in no document: they have no body and no query, and are asked like the rest. */
const IS_PAGE = /^(home|page-asset|docs-file|[a-z-]+-page)\.(get|file)$/;
const OF_PAGE: Omit<Operation, 'operationId' | 'method' | 'path'> = { parameters: [], responses: {}, security: [] };
/** Tables whose rows go as soon as they have come. */
const PASSING = ['gateway_artifact_uploads', 'job_leases', 'job_queue', 'job_slots', 'outbox'];

/** So that a trigger of a feature's own type has its row too. */
const probe = defineFeature({
  name: 'probe',
  triggers: [
    defineTrigger({ type: 'probe.seen', description: 'Something was seen', config: z.strictObject({ mark: z.string() }) }),
  ],
});

const modes = ['scope and row-level security', 'row-level security alone'] as const;

describe.each(databaseKinds.flatMap((kind) => modes.map((mode) => [kind, mode] as const)))(
  'tenants on %s, by %s',
  (kind, mode) => {
    let server: TestServer;
    let contract: Contract;
    let generator: Generator;
    let routes: readonly { route: AnyRoute; operation: Operation }[];
    let alpha: FullTenant;
    let beta: FullTenant;
    let foreign: Holdings;
    let before: Record<string, unknown>;
    let stripped: () => number = () => 1;
    /** Bodies that alpha has sent with an `Idempotency-Key`, by operation. */
    const sentByAlpha = new Map<string, unknown>();
    const probed = new Set<string>();
    /** Ids of alpha that beta has stored itself, as text that means nothing. */
    const given = new Set<string>();
    /** Values of alpha that beta has asked for: its own audit record tells of them. */
    const askedFor = new Set<string>();
    const problems: string[] = [];

    beforeAll(async () => {
      server = await createTestServer(kind, { ...notesHost, features: [probe] });
      contract = await contractOf(server);
      generator = createGenerator({ document: contract.document, seed: 1, samples });
      alpha = await fillTenant(server, 'zqalphaqz');
      beta = await fillTenant(server, 'zqbetaqz');
      for (const { key, mark } of [alpha, beta])
        await key.ask('POST', '/api/v1/workflows/', {
          name: `Probed ${mark}`,
          graph: { nodes: [{ id: 'a', type: 'core.log', config: { message: mark } }], edges: [] },
          triggers: [{ type: 'probe.seen', config: { mark } }],
        });
      routes = server.automate.api.routes.map((route) => ({
        route,
        operation:
          contract.operations.find(({ operationId }) => operationId === route.operationId) ??
          ({ ...OF_PAGE, ...route } as unknown as Operation),
      }));
      for (const { route, operation } of routes.filter(isKeyed)) {
        const body = bodyOf(generator, operation, 'plain');
        const reply = await alpha.key.ask('POST', route.path, body, { 'idempotency-key': `${route.operationId}-key` });
        if (reply.status < 300) sentByAlpha.set(route.operationId, body);
      }
      await settled();
      foreign = await holdingsOf(server, alpha.id);
      before = stableRows(foreign);
      if (mode === 'row-level security alone') stripped = switchOffScope(server.automate);
    });
    afterAll(() => server?.close());

    // The trigger of a workflow that is paused waits for nothing.
    const settled = () =>
      eventually(
        async () =>
          (
            await server.automate.db.query<{ count: number }>(
              `select (select count(*) from outbox)::int + (select count(*) from trigger_subscriptions where state is null and workflow_id in (select id from workflows where is_live))::int + (select count(*) from executions where finished_at is null and status <> 'waiting')::int as count`,
            )
          ).rows[0]?.count,
        (count) => count === 0,
      );
    const people = () => [beta.key, beta.member];
    const isKeyed = ({ route, operation }: { route: AnyRoute; operation: Operation }) =>
      route.isIdempotent &&
      route.parameters.length === 0 &&
      !takesFiles(operation) &&
      !isForStaff(route) &&
      !/^(sign-in|session)\./.test(route.operationId);

    /** Asks, and notes whatever of alpha is in the reply and was not in the request. */
    async function ask(
      asker: Asker,
      { route }: { route: AnyRoute },
      path: string,
      body?: unknown,
      headers = {},
    ): Promise<TextReply> {
      probed.add(route.operationId);
      const reply = await asker.ask(route.method, path, body, headers);
      const sent = `${decodeURIComponent(path)} ${JSON.stringify(body ?? '')} ${JSON.stringify(headers)}`.toLowerCase();
      const isRecord = route.basename === 'audit';
      const said = isRecord ? without(reply.text.toLowerCase(), askedFor) : reply.text.toLowerCase();
      const uuids = said.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g) ?? [];
      const leaked = uuids.filter((uuid) => foreign.uuids.has(uuid) && !sent.includes(uuid) && !given.has(uuid));
      // What beta has stored under a name of alpha's comes back, and is its own.
      if (reply.status < 300 && body !== undefined) for (const name of namesIn(body, alpha.mark)) askedFor.add(name);
      if (without(said, askedFor).includes(alpha.mark) && !sent.includes(alpha.mark)) leaked.push(alpha.mark);
      if (leaked.length > 0) note(asker, route, path, `shows ${leaked.slice(0, 3)}: ${excerpt(reply.text, leaked[0] ?? '')}`);
      if (reply.status >= 500) note(asker, route, path, `answers ${reply.status} ${reply.text.slice(-300)}`);
      return reply;
    }
    const note = (asker: Asker, route: AnyRoute, path: string, problem: string) =>
      problems.push(`${asker.name}: ${route.operationId} ${path.slice(0, 200)} ${problem}`);
    function settle(): void {
      const found = problems.splice(0);
      expect(found.slice(0, 20)).toEqual([]);
    }

    /** Two replies must be the same but for what was sent, and what is new each time. */
    function compare(
      asker: Asker,
      route: AnyRoute,
      path: string,
      [theirs, sent]: [TextReply, string],
      [nobodys, other]: [TextReply, string],
    ) {
      const [one, two] = [gist(theirs, sent), gist(nobodys, other)];
      if (one !== two) note(asker, route, path, `tells ${one.slice(0, 400)} from ${two.slice(0, 400)}`);
    }

    it('has something of every kind', () => {
      const empty = [...foreign.rows].filter(([, rows]) => rows.length === 0).map(([name]) => name);
      expect(empty).toEqual(PASSING);
      expect(foreign.uuids.size).toBeGreaterThan(30);
      expect(sentByAlpha.size).toBeGreaterThan(3);
    });

    it('finds nothing under another’s id, as under one that is nowhere', async () => {
      const nowhere = newId();
      for (const place of routes.filter(({ route }) => route.parameters.length > 0 && !OPEN[route.operationId])) {
        const { route, operation } = place;
        const body = takesFiles(operation) ? undefined : bodyOf(generator, operation, 'plain');
        const query = toQuery(requiredQuery(generator, operation));
        let found = 0;
        for (const asker of people()) {
          const unknown = await ask(asker, place, at(route, nowhere) + query, body);
          const isRefused = unknown.status === 403 && (isForStaff(route) || route.operationId.startsWith('session.'));
          if (unknown.status !== 404 && !isRefused)
            note(asker, route, route.path, `answers ${unknown.status} ${unknown.text.slice(-300)}`);
          if (unknown.status === 404) found += 1;
          await Promise.all(
            foreign.ids.map(async (id) =>
              compare(
                asker,
                route,
                at(route, id),
                [await ask(asker, place, at(route, id) + query, body), id],
                [unknown, nowhere],
              ),
            ),
          );
        }
        if (found === 0 && !isForStaff(route))
          problems.push(`${route.operationId} was refused to everybody, so nothing is proved`);
      }
      settle();
    });

    it('lets nobody but staff do what staff do', async () => {
      for (const place of routes.filter(({ route }) => isForStaff(route))) {
        const { route, operation } = place;
        for (const asker of people()) {
          const reply = await ask(asker, place, at(route, newId()), bodyOf(generator, operation, 'plain'));
          if (reply.status !== 403) note(asker, route, route.path, `answers ${reply.status}`);
        }
      }
      settle();
    });

    it('shows those same things to whoever has them', async () => {
      const shows = routes.filter(({ route }) => route.action === 'retrieve' && !isForStaff(route));
      for (const { route } of shows) {
        const statuses = await Promise.all(foreign.ids.map(async (id) => (await alpha.key.ask('GET', at(route, id))).status));
        expect(statuses, route.operationId).toContain(200);
      }
      const { body } = await alpha.browser.call<{ results: { id: string }[] }>('GET', '/api/auth/sessions/');
      expect(foreign.ids).toContain(body.results[0]?.id);
    });

    it('lists, finds, exports and expands only what is one’s own', async () => {
      for (const place of routes.filter(({ route }) => route.method === 'GET' && route.parameters.length === 0)) {
        const { route, operation } = place;
        const required = requiredQuery(generator, operation);
        for (const asker of people()) {
          const whole = await ask(asker, place, route.path + toQuery(required));
          const results = (whole.body as { results?: unknown[] }).results;
          // What has to be asked for by id is asked for below, by the ids of others.
          if (results?.length === 0 && required.ids === undefined)
            note(asker, route, route.path, 'has no rows, so nothing is proved');
          for (const { name, schema } of parametersOf(operation, 'query')) {
            if (name === 'expand' || name === 'format') {
              const choices = (schema.items ?? schema).enum ?? [];
              for (const choice of choices)
                await ask(asker, place, route.path + toQuery({ ...required, [name]: String(choice) }));
            }
            for (const value of wanted(name)) {
              askedFor.add(value.toLowerCase());
              const other = value.toLowerCase().includes(alpha.mark) ? withName(value, alpha.mark) : newId();
              const [path, unknown] = [value, other].map((text) => route.path + toQuery({ ...required, [name]: text })) as [
                string,
                string,
              ];
              const reply = await ask(asker, place, path);
              if (!operation.responses[200]?.content?.['application/json'] || route.operationId === 'audit.export') continue;
              compare(asker, route, path, [reply, value], [await ask(asker, place, unknown), other]);
            }
          }
          if (!parametersOf(operation, 'query').some(({ name }) => name === 'cursor')) continue;
          const own = (await alpha.key.ask('GET', `${route.path}?limit=1`)).body as { next?: string | null };
          const cursor = own.next && new URL(own.next, server.url).searchParams.get('cursor');
          if (cursor) await ask(asker, place, `${route.path}?${new URLSearchParams({ limit: '200', cursor })}`);
        }
      }
      settle();
    });

    /** Values of alpha that a parameter could ask for. */
    function wanted(parameter: string): readonly string[] {
      if (parameter === 'search') return [alpha.mark];
      const column = parameter.replace(/_(in|contains|gte|lte|lt|after|before|null)$/, '');
      const values = foreign
        .valuesOf(column)
        .filter((value) => foreign.uuids.has(value) || value.toLowerCase().includes(alpha.mark));
      return values.slice(0, 3);
    }

    it('shows staff of another tenant the names of tenants and people, and nothing that is in one', async () => {
      const staff = await keyOf(server, { tenantId: beta.id, name: `${beta.mark} staff`, isStaff: true });
      const [tenant, user] = [alpha.id, foreign.rows.get('users')?.[0]?.id as string];
      expect((await staff.ask('GET', `/api/v1/tenants/${tenant}/`)).body).toMatchObject({ slug: alpha.mark });
      expect((await staff.ask('GET', `/api/v1/users/${user}/`)).body).toMatchObject({ id: user });
      const nowhere = newId();
      for (const place of routes.filter(({ route }) => !OF_INSTALLATION.test(route.operationId) && !OPEN[route.operationId])) {
        const { route, operation } = place;
        const body = takesFiles(operation) ? undefined : bodyOf(generator, operation, 'plain');
        const query = toQuery(requiredQuery(generator, operation));
        if (route.parameters.length === 0) {
          if (route.method === 'GET') await ask(staff, place, route.path + query);
          continue;
        }
        const unknown = await ask(staff, place, at(route, nowhere) + query, body);
        await Promise.all(
          [tenant, user, ...foreign.ids].map(async (id) =>
            compare(staff, route, at(route, id), [await ask(staff, place, at(route, id) + query, body), id], [unknown, nowhere]),
          ),
        );
      }
      settle();
    });

    it('takes no id of another in a body or a file', async () => {
      for (const place of routes) {
        const { route, operation } = place;
        const schema = jsonBody(operation);
        if (!schema || route.operationId.startsWith('sign-in.')) continue;
        const targets = [await ownId(route)];
        const base = takesFiles(operation) ? await exported(route) : bodyOf(generator, operation, 'plain');
        const places = placesOf(takesFiles(operation) ? base : { contract, schema, base }, /(^|_)ids?$/);
        for (const asker of people()) {
          if (places.length === 0) await ask(asker, place, at(route, targets[0] ?? ''), base);
          for (const where of places) {
            for (const target of targets) {
              const other = newId();
              const unknown = await ask(asker, place, at(route, target), replaceAt(base, where, other));
              for (const id of [alpha.id, ...foreign.ids]) {
                const body = replaceAt(base, where, id);
                given.add(id);
                compare(
                  asker,
                  route,
                  at(route, target),
                  [await ask(asker, place, at(route, target), body), id],
                  [unknown, other],
                );
              }
            }
          }
        }
      }
      settle();
    });

    it('shows nothing more with what is one’s own, not even where a row points to another’s', async () => {
      const { db } = server.automate;
      // As no request could: rows of beta that name things of alpha.
      await db.query(
        `insert into executions (id, tenant_id, workflow_id, workflow_version, version_id, event_id, trigger_id, status, trace_id, finished_at)
       select $3, $2, workflow_id, workflow_version, version_id, event_id, trigger_id, 'succeeded', $4, now() from executions where tenant_id = $1 limit 1`,
        [alpha.id, beta.id, newId(), `${beta.mark}-forged`],
      );
      await db.query(
        'update notes set project_id = (select id from projects where tenant_id = $1 limit 1) where tenant_id = $2',
        [alpha.id, beta.id],
      );
      const own = await holdingsOf(server, beta.id);
      for (const place of routes.filter(({ route }) => route.method === 'GET')) {
        const { route, operation } = place;
        const expand = parametersOf(operation, 'query').find(({ name }) => name === 'expand')?.schema.items?.enum ?? [];
        const queries = ['', ...expand.map((choice) => `?expand=${choice}`)];
        for (const asker of people()) {
          const ids = route.parameters.length > 0 ? own.ids : [''];
          await Promise.all(
            ids
              .flatMap((id) => queries.map((query) => [id, query] as const))
              .map(async ([id, query]) => {
                // The pointer itself is in beta's row: it counts as asked for.
                const reply = await asker.ask('GET', at(route, id) + (query || toQuery(requiredQuery(generator, operation))));
                probed.add(route.operationId);
                if (without(reply.text.toLowerCase(), askedFor).includes(alpha.mark))
                  note(asker, route, at(route, id) + query, `shows ${excerpt(reply.text, alpha.mark)}`);
              }),
          );
        }
      }
      const trace = await beta.key.ask('GET', `/api/studio/correlation/?trace_id=${beta.mark}-forged`);
      expect([trace.status, trace.text.includes(alpha.mark)]).toEqual([200, false]);
      const expanded = await beta.key.ask('GET', `/api/v1/executions/?trace_id=${beta.mark}-forged&expand=workflow,event,steps`);
      expect(expanded.body).toMatchObject({ results: [{ workflow: null, event: null, steps: [] }] });
      const notes = await beta.key.ask('GET', '/api/v1/notes/?expand=project');
      expect((notes.body as { results: { project: unknown }[] }).results[0]?.project).toBeNull();
      await db.query('update notes set project_id = null where tenant_id = $1', [beta.id]);
      settle();
    });

    it('does not know a name, nor a key, that another has used', async () => {
      for (const place of routes) {
        const { route, operation } = place;
        const schema = jsonBody(operation);
        if (!schema || takesFiles(operation) || route.operationId.startsWith('sign-in.')) continue;
        const target = await ownId(route);
        for (const where of placesOf({ contract, schema, base: bodyOf(generator, operation, 'plain') }, /./)) {
          const names = foreign.valuesOf(String(where.at(-1))).filter((value) => value.toLowerCase().includes(alpha.mark));
          for (const name of names.slice(0, 3)) {
            const base = bodyOf(generator, operation, 'plain');
            const reply = await ask(beta.key, place, at(route, target), replaceAt(base, where, name));
            if (reply.status < 300) continue;
            // Nothing was stored, so that the same again must be refused for the same reason, unless beta has that name itself.
            const other = withName(name, alpha.mark);
            const unknown = await ask(beta.key, place, at(route, target), replaceAt(base, where, other));
            if (gist(reply, name) === gist(unknown, other)) continue;
            const own = await holdingsOf(server, beta.id);
            if (!own.valuesOf(String(where.at(-1))).includes(name) && !own.valuesOf('slug').includes(name))
              note(beta.key, route, route.path, `tells ${gist(reply, name)} from ${gist(unknown, other)}`);
          }
        }
      }
      for (const place of routes.filter(({ route }) => sentByAlpha.has(route.operationId))) {
        const { route } = place;
        const reply = await ask(beta.key, place, route.path, sentByAlpha.get(route.operationId), {
          'idempotency-key': `${route.operationId}-key`,
        });
        if (reply.status >= 300 || reply.headers.get('idempotent-replayed'))
          note(beta.key, route, route.path, `answers ${reply.text}`);
      }
      settle();
    });

    it('keeps a file apart from another’s, though name, bytes and key are the same', async () => {
      const place = routes.find(({ route }) => route.operationId === 'artifact.create');
      if (!place) throw new Error('there is no way to send a file');
      const headers = { 'content-type': 'text/plain', 'idempotency-key': 'same-file' };
      const query = '?name=same.txt';
      const { id: tenantId } = await server.automate.ensureTenant('third');
      const third = await keyOf(server, { tenantId, name: 'third', isStaff: false });
      const theirs = await third.ask('POST', place.route.path + query, 'same', headers);
      const { id } = theirs.body as { id: string };
      const own = await ask(beta.key, place, place.route.path + query, 'same', headers);
      expect([own.status, own.headers.get('idempotent-replayed'), own.text.includes(id)]).toEqual([201, null, false]);
      settle();
    });

    it('has left everything of the other as it was', async () => {
      await settled();
      expect(stableRows(await holdingsOf(server, alpha.id))).toEqual(before);
      expect(stripped()).toBeGreaterThan(0);
    });

    it('has probed every route, or says why not', () => {
      const all = routes.map(({ route }) => route.operationId);
      expect(all.filter((id) => !probed.has(id) && !OPEN[id])).toEqual([]);
      expect(Object.keys(OPEN).filter((id) => !all.includes(id))).toEqual([]);
      const documented = contract.operations.map(({ operationId }) => operationId);
      expect(all.filter((id) => !documented.includes(id) && !IS_PAGE.test(id))).toEqual([]);
    });

    /** An export of beta as the file that its import takes. */
    async function exported(route: AnyRoute): Promise<unknown> {
      return (await beta.key.ask('GET', `${route.path.replace('/import/', '/export/')}?format=json`)).body;
    }
    /** The id of something of beta at a route. */
    async function ownId({ path, parameters }: AnyRoute): Promise<string> {
      if (parameters.length === 0) return '';
      const { body } = await beta.key.ask('GET', `${path.slice(0, path.indexOf('{'))}?limit=1`);
      return (body as { results?: { id: string }[] }).results?.[0]?.id ?? newId();
    }
  },
);

function at({ path }: AnyRoute, id: string): string {
  return path.replace(/\{\w+\}/g, id);
}

function toQuery(query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? '' : `?${text}`;
}

/** A reply without what was sent and what is new each time. */
function gist({ status, body, headers }: TextReply, sent: string): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const plain = text
    .replaceAll(sent, '§')
    .replaceAll(encodeURIComponent(sent), '§')
    .replace(/"(?:trace|request)_id":"[0-9a-f]{32}"/g, '')
    .replace(/"\d{4}-\d\d-\d\dT[^"]*"/g, '"time"');
  return `${status} ${headers.get('content-type')} ${status < 300 ? plain.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id') : plain}`;
}

/** Texts within a body that hold the mark, in lower case. */
function namesIn(body: unknown, mark: string): string[] {
  const texts =
    JSON.stringify(body)
      .toLowerCase()
      .match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  return texts.map((text) => text.slice(1, -1)).filter((text) => text.includes(mark));
}

function without(text: string, values: Iterable<string>): string {
  let rest = text;
  for (const value of values) rest = rest.replaceAll(value, '');
  return rest;
}

function excerpt(text: string, around: string): string {
  const found = text.toLowerCase().indexOf(around);
  return text.slice(Math.max(found - 200, 0), found + 100);
}
