import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RoleName, roleNames } from '../src/governance/index.ts';
import { hasScope, newId } from '../src/kernel/index.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';
import { openBrowser } from './support/browser.ts';
import { builtInRoles } from './support/built-in-roles.ts';
import { contractOf, type Document, type Schema } from './support/openapi.ts';
import { type Asker, askerOf } from './support/tenants.ts';

const PASSWORD = 'correct horse battery staple';
const LOOK = ['events:read', 'workflows:read', 'executions:read', 'jobs:read', 'studio:read', 'tenant:read'];

/** What a credential is good for, as the server itself says of it. */
interface Power {
  readonly user: string | null;
  readonly tenant: string;
  readonly role: string | null;
  readonly isStaff: boolean;
  readonly scopes: readonly string[];
}
/** Somebody who tries. */
interface Actor {
  readonly name: string;
  readonly asker: Asker;
  readonly isKey: boolean;
  readonly expiresAt: string | null;
  readonly power: Power;
}
interface Person {
  readonly id: string;
  readonly session: Asker;
}
interface Key {
  readonly id: string;
  readonly key: string;
  readonly expires_at: string | null;
}

/** Operations whose replies hold what lets somebody in. A new one has to be tried here too. */
const YIELDING = [
  'api-key.create',
  'api-key.rotate',
  'invitation.create',
  'session.twoFactor', // of one's own account
  'tenant.create', // of a tenant that was not there before
  'user.create',
  'user.reset',
];

describe.each(databaseKinds)('what others hold, on %s', (kind) => {
  let server: TestServer;
  let bootstrap: Asker;
  const actors: Actor[] = [];
  const keys: { readonly id: string; readonly of: string }[] = [];
  const people: { readonly id: string; readonly of: string }[] = [];

  beforeAll(async () => {
    server = await createTestServer(kind, { hasWorker: false, environment: { AUTOMATE_API_TRUST_PROXY: 'true' } });
    bootstrap = askerOf('bootstrap', server, { authorization: `Bearer ${server.token}` });
    const { id: tenantId } = await server.automate.ensureTenant('default');
    const wide = [...LOOK, 'api_keys:*', 'members:*', 'tenant:*'];
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    for (const [role, isStaff] of [
      ...roleNames.map((name) => [name, false] as const),
      ['admin', true],
      ['owner', true],
    ] as const) {
      const name = `${isStaff ? 'staff, ' : ''}${role}`;
      const { id, session } = await person(role, isStaff);
      people.push({ id, of: name });
      actors.push(await actorOf(name, session, false));
      if (!['owner', 'admin'].includes(role)) continue;
      for (const [about, scopes, expires_at] of [
        ['everything', ['*'], null],
        ['people and keys', wide, null],
        ['looking', ['workflows:read'], null],
        ['everything for an hour', ['*'], soon],
      ] as const) {
        const made = await session.ask('POST', '/api/v1/api-keys/', { name: about, scopes, is_staff: isStaff, expires_at });
        expect(made.status, made.text).toBe(201);
        const { id: keyId, key } = made.body as Key;
        keys.push({ id: keyId, of: name });
        const asker = askerOf(about, server, { authorization: `Bearer ${key}` });
        actors.push(await actorOf(`key of ${name} for ${about}`, asker, true, expires_at));
        // Made with a key, it stands for the same person.
        const child = await asker.ask('POST', '/api/v1/api-keys/', { name: 'child', scopes: ['workflows:read'], expires_at });
        if (child.status === 201) keys.push({ id: (child.body as Key).id, of: name });
      }
    }
    for (const isStaff of [false, true]) {
      for (const [about, scopes, expiresAt] of [
        ['everything', ['*'], undefined],
        ['people and keys', wide, undefined],
        ['everything for an hour', ['*'], soon],
      ] as const) {
        const { id, value } = await server.automate.apiKeys.create({
          tenantId,
          name: about,
          scopes,
          isStaff,
          ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
        });
        const name = `${isStaff ? 'staff ' : ''}key of nobody for ${about}`;
        keys.push({ id, of: name });
        const asker = askerOf(name, server, { authorization: `Bearer ${value}` });
        actors.push(await actorOf(name, asker, true, expiresAt ?? null));
      }
    }
  });
  afterAll(() => server?.close());

  async function person(role: RoleName, isStaff: boolean): Promise<Person> {
    const email = `${newId()}@example.com`;
    const made = await bootstrap.ask('POST', '/api/v1/users/', { email, name: 'Somebody', role, is_staff: isStaff });
    const { id, link } = made.body as { id: string; link: string };
    return { id, session: await choosePassword(link, email) };
  }
  let serial = 0;
  const browse = () => {
    serial += 1;
    const browser = openBrowser(server.url);
    // From another network each time: how often somebody may try is not what this is about.
    const headers = { 'x-forwarded-for': `198.${18 + (serial >> 16)}.${(serial >> 8) & 255}.${serial & 255}` };
    return {
      browser,
      post: (path: string, body: unknown) => browser.call<{ user?: { email: string } }>('POST', path, body, headers),
    };
  };
  async function choosePassword(link: string, email: string): Promise<Asker> {
    const { browser, post } = browse();
    await post('/api/auth/reset-password/', { token: link.split('#token=')[1], password: PASSWORD });
    expect((await post('/api/auth/sign-in/', { email, password: PASSWORD })).status).toBe(200);
    return askerOf(email, server, { cookie: browser.cookie ?? '', origin: server.url });
  }
  async function powerOf(asker: Asker): Promise<Power> {
    const { status, body, text } = await asker.ask('GET', '/api/auth/session/');
    expect(status, text).toBe(200);
    const { user, tenant, role, is_staff, scopes } = body as {
      user: { id: string } | null;
      tenant: { id: string };
      role: string | null;
      is_staff: boolean;
      scopes: string[];
    };
    return { user: user?.id ?? null, tenant: tenant.id, role, isStaff: is_staff, scopes };
  }
  async function actorOf(name: string, asker: Asker, isKey: boolean, expiresAt: string | null = null): Promise<Actor> {
    return { name, asker, isKey, expiresAt, power: await powerOf(asker) };
  }

  /** Why somebody should not have got this, or undefined. */
  function excess({ power: own, isKey, expiresAt }: Actor, got: Power, until: string | null = null): string | undefined {
    const beyond = got.scopes.filter((scope) => !hasScope(own, scope));
    if (beyond.length > 0) return `scopes ${beyond}`;
    if (got.tenant !== own.tenant) return 'another tenant';
    if (got.isStaff && !own.isStaff) return 'staff';
    const mayMakeOwners = own.isStaff || (own.role === 'owner' && !isKey);
    if (got.role === 'owner' && !mayMakeOwners) return 'an owner';
    if (expiresAt !== null && got.role === null && (until === null || until > expiresAt)) return 'a longer life';
    return undefined;
  }
  const viaKey = (key: string) => askerOf('key', server, { authorization: `Bearer ${key}` });

  it('makes no owner of an admin who has found a key of one', async () => {
    const owner = actors.find(({ name }) => name === 'key of owner for everything') as Actor;
    const { id: userId } = people.find(({ of }) => of === 'admin') as { id: string };
    const { body } = await bootstrap.ask('GET', `/api/v1/members/?user_id=${userId}`);
    const path = `/api/v1/members/${(body as { results: { id: string }[] }).results[0]?.id}/`;
    expect((await owner.asker.ask('PATCH', path, { role: 'owner' })).status).toBe(403);
    for (const role of ['editor', 'admin']) expect((await owner.asker.ask('PATCH', path, { role })).status).toBe(200);
    expect((await owner.asker.ask('POST', '/api/v1/invitations/', { email: 'o@example.com', role: 'owner' })).status).toBe(403);
  });

  it('is ended by whoever may end it: an admin revokes a key of an owner', async () => {
    const asker = (wanted: string) => (actors.find(({ name }) => name === wanted) as Actor).asker;
    const made = await asker('owner').ask('POST', '/api/v1/api-keys/', { name: 'to be revoked', scopes: ['*'] });
    const { id, key } = made.body as Key;
    expect((await asker('editor').ask('DELETE', `/api/v1/api-keys/${id}/`)).status).toBe(403);
    expect((await viaKey(key).ask('GET', '/api/auth/session/')).status).toBe(200);
    expect((await asker('admin').ask('DELETE', `/api/v1/api-keys/${id}/`)).status).toBe(204);
    expect((await viaKey(key).ask('GET', '/api/auth/session/')).status).toBe(401);
  });

  it('comes out of the operations that are tried here, and of no other', async () => {
    const { document, operations } = await contractOf(server);
    const found = operations.filter(({ responses }) =>
      Object.entries(responses).some(
        ([status, { content }]) =>
          status.startsWith('2') &&
          Object.values(content ?? {}).some(({ schema }) => schema && holdsCredential(document, schema)),
      ),
    );
    expect(found.map(({ operationId }) => operationId).toSorted()).toEqual(YIELDING);
  });

  it('is no value of a key: whoever makes or rotates one gets no more than they have, in no other name', async () => {
    const wrong: string[] = [];
    let got = 0;
    for (const actor of actors) {
      const replies: [string, Awaited<ReturnType<Asker['ask']>>][] = [];
      for (const { id, of } of keys) {
        replies.push([
          `rotates a key of ${of}`,
          await actor.asker.ask('POST', `/api/v1/api-keys/${id}/rotate/`, { overlap_seconds: 600 }),
        ]);
      }
      for (const scopes of [['*'], LOOK, ...builtInRoles.scopes.map((scope) => [scope])]) {
        for (const is_staff of [false, true]) {
          const body = { name: 'got', scopes, is_staff, expires_at: actor.expiresAt };
          replies.push([`makes a key for ${scopes}`, await actor.asker.ask('POST', '/api/v1/api-keys/', body)]);
        }
      }
      for (const [what, { status, body }] of replies) {
        if (status >= 500) wrong.push(`${actor.name} ${what}: ${status}`);
        if (status >= 300) continue;
        got += 1;
        const { key, expires_at } = body as Key;
        const power = await powerOf(viaKey(key));
        const reason = power.user === actor.power.user ? excess(actor, power, expires_at) : 'another person';
        if (reason) wrong.push(`${actor.name} ${what}: ${reason}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(got).toBeGreaterThan(100);
  }, 240_000);

  it('is no way in as somebody else: invitations, accounts and links for passwords give no more than their maker has', async () => {
    const wrong: string[] = [];
    const came: string[] = [];
    for (const actor of actors) {
      for (const role of roleNames) {
        const email = `${newId()}@example.com`;
        const invited = await actor.asker.ask('POST', '/api/v1/invitations/', { email, role });
        if (invited.status === 201) {
          const { browser, post } = browse();
          const token = (invited.body as { link: string }).link.split('#token=')[1];
          expect((await post('/api/auth/accept-invitation/', { token, name: 'Got', password: PASSWORD })).status).toBe(200);
          const session = askerOf(email, server, { cookie: browser.cookie ?? '', origin: server.url });
          note(actor, `invites as ${role}`, await powerOf(session));
        }
        for (const is_staff of [false, true]) {
          const body = { email: `${newId()}@example.com`, name: 'Got', role, is_staff };
          const made = await actor.asker.ask('POST', '/api/v1/users/', body);
          if (made.status !== 201) continue;
          const { link } = made.body as { link: string };
          note(actor, `makes a user, ${role}`, await powerOf(await choosePassword(link, body.email)));
        }
      }
    }
    // Last: each link ends the sessions of whom it is for.
    const keysOnly = actors.filter(({ isKey, power }) => isKey || power.isStaff);
    for (const actor of keysOnly) {
      for (const { id, of } of people) {
        const reset = await actor.asker.ask('POST', `/api/v1/users/${id}/reset/`);
        if (reset.status !== 200) continue;
        // It is not used, since what it opens is known: all of that person.
        const { rows } = await server.automate.db.query<{ role: RoleName; is_staff: boolean; tenant: string }>(
          'select m.role, u.is_staff, m.tenant_id as tenant from users u join members m on m.user_id = u.id where u.id = $1',
          [id],
        );
        for (const { role, is_staff: isStaff, tenant } of rows) {
          note(actor, `makes a link for the password of ${of}`, {
            user: id,
            tenant,
            role,
            isStaff,
            scopes: builtInRoles.scopesOf(role),
          });
        }
      }
    }
    function note(actor: Actor, what: string, power: Power): void {
      came.push(what);
      const reason = excess(actor, power);
      if (reason) wrong.push(`${actor.name} ${what}: ${reason}`);
    }
    expect(wrong).toEqual([]);
    expect(new Set(came).size).toBeGreaterThan(12);
  }, 240_000);
});

/** Whether a reply lets somebody in: by the names of its fields, and what is said of them, at any depth. */
function holdsCredential(document: Document, given: Schema, seen = new Set<Schema>()): boolean {
  const name = given.$ref?.split('/').at(-1);
  const schema = name === undefined ? given : (document.components.schemas[name] as Schema);
  if (seen.has(schema)) return false;
  seen.add(schema);
  const fields = Object.entries(schema.properties ?? {});
  if (fields.some(([field, { description }]) => CREDENTIALS.test(field) || /shown this once/.test(description ?? '')))
    return true;
  const parts = [...fields.map(([, field]) => field), schema.items, ...(schema.anyOf ?? []), ...(schema.allOf ?? [])];
  return parts.some((part) => part !== undefined && holdsCredential(document, part, seen));
}
const CREDENTIALS = /^(.*link|.*token|api_key|backup_codes|password|cookie)$/;
