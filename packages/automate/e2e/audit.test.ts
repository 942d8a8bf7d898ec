import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHeadLog } from '../src/governance/audit/head-log.ts';
import { createTestServer, databaseKinds, type TestServer } from '../src/testing/index.ts';

interface Entry {
  readonly id: string;
  readonly seq: number;
  readonly actor: string;
  readonly action: string;
  readonly diff: object;
}
interface Verification {
  readonly valid: boolean;
  readonly checked: number;
  readonly breaks: readonly { readonly seq: number; readonly problem: string }[];
}

const PATH = '/api/v1/audit/';

describe.each(databaseKinds)('the audit record on %s', (kind) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await createTestServer(kind, { hasWorker: false });
    for (let count = 0; count < 6; count += 1) await store(`SECRET_${count}`);
    await tamper(
      'create table automate.kept_entries as table automate.audit_entries; create table automate.kept_heads as table automate.audit_heads',
    );
  });
  /** Each test finds the record as it was then. */
  beforeEach(() =>
    tamper(
      `alter table automate.audit_entries drop constraint if exists full_disk;
       truncate automate.audit_entries, automate.audit_heads;
       insert into automate.audit_entries table automate.kept_entries;
       insert into automate.audit_heads table automate.kept_heads`,
    ),
  );
  afterAll(() => server?.close());

  const store = (name: string) => server.call('POST', '/api/v1/secrets/', { name, value: `the value of ${name}` });
  const verify = async (query = '') => (await server.call<Verification>('GET', `${PATH}verify/${query}`)).body;
  /** As whoever holds the database: its owner. */
  const tamper = (statement: string) => server.automate.db.migrate((connection) => connection.script(statement));

  it('tells who did what, can be searched, exported and checked', async () => {
    const all = await server.call<{ results: Entry[] }>('GET', `${PATH}?ordering=seq&limit=100`);
    expect(all.body.results.map(({ seq, action }) => [seq, action]).slice(0, 3)).toEqual([
      [1, 'tenant.create'],
      [2, 'secret.create'],
      [3, 'secret.create'],
    ]);
    const [, entry] = all.body.results;
    expect(entry).toMatchObject({ actor: expect.stringMatching(/^api_key:/), diff: { after: { name: 'SECRET_0' } } });
    expect(JSON.stringify(all.body)).not.toContain('the value of');
    const filtered = await server.call<{ results: Entry[] }>('GET', `${PATH}?action=tenant.create&actor=system`);
    expect(filtered.body.results.map(({ seq }) => seq)).toEqual([1]);
    expect((await server.call<Entry>('GET', `${PATH}${entry?.id}/`)).body.seq).toBe(2);
    const file = await server.call<string>('GET', `${PATH}export/?format=jsonl&ordering=seq`);
    expect(file.body.trim().split('\n')).toHaveLength(8); // the export is an entry too
    expect(await verify()).toMatchObject({ valid: true, checked: 8, breaks: [] });
    expect(await verify('?all=true')).toMatchObject({ valid: true, heads: [expect.objectContaining({ seq: 8 })] });
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      expect((await server.call(method, `${PATH}${entry?.id}/`, {})).status).toBe(405);
  });

  it('cannot be changed by what serves requests and runs work', async () => {
    const { db } = server.automate;
    const { id: tenantId } = await server.automate.ensureTenant('default');
    for (const statement of [
      `update audit_entries set actor = 'nobody'`,
      'delete from audit_entries',
      'truncate audit_entries',
      'delete from audit_heads',
    ]) {
      await expect(db.query(statement), statement).rejects.toMatchObject({ code: '42501' });
      await expect(db.asTenant(tenantId, (transaction) => transaction.query(statement))).rejects.toMatchObject({ code: '42501' });
    }
  });

  it.each([
    ['an altered actor', `update automate.audit_entries set actor = 'nobody' where seq = 3`, 3, 'altered'],
    ['an altered diff', `update automate.audit_entries set diff = '{}' where seq = 4`, 4, 'altered'],
    [
      'a diff that means the same',
      `update automate.audit_entries set diff = (diff::text || ' ')::json where seq = 4`,
      4,
      'altered',
    ],
    [
      'an altered time',
      `update automate.audit_entries set created_at = created_at - interval '1 ms' where seq = 5`,
      5,
      'altered',
    ],
    ['a removed entry', 'delete from automate.audit_entries where seq = 3', 3, 'missing'],
    ['a removed first entry', 'delete from automate.audit_entries where seq = 1', 1, 'missing'],
    ['a removed last entry', 'delete from automate.audit_entries where seq = 7', 7, 'missing'],
    ['a removed end', 'delete from automate.audit_entries where seq >= 6', 6, 'missing'],
    [
      'a removed entry with the others moved up',
      'delete from automate.audit_entries where seq = 3; update automate.audit_entries set seq = seq - 1 where seq > 3',
      3,
      'altered',
    ],
    [
      'a removed end with the head set back',
      `delete from automate.audit_entries where seq = 7;
       update automate.audit_heads h set seq = 6, hash = e.hash from automate.audit_entries e where e.seq = 6`,
      6,
      'head_altered',
    ],
    [
      'an added entry',
      `insert into automate.audit_entries select tenant_id, 8, gen_random_uuid(), actor, action, target_type, target_id, diff, trace_id, address, created_at, hash, hash
       from automate.audit_entries where seq = 7`,
      8,
      'altered',
    ],
    [
      'two entries that changed places',
      'update automate.audit_entries set seq = 100 where seq = 3; update automate.audit_entries set seq = 3 where seq = 4; update automate.audit_entries set seq = 4 where seq = 100',
      3,
      'altered',
    ],
    ['a removed chain', 'delete from automate.audit_entries; delete from automate.audit_heads', 0, 'chain_missing'],
  ])('shows %s', async (_, statement, seq, problem) => {
    expect(await verify('?all=true')).toMatchObject({ valid: true, checked: 7 });
    await tamper(statement);
    expect(await verify('?all=true')).toMatchObject({ valid: false, breaks: [{ seq, problem }] });
    expect((await verify()).valid).toBe(false);
  });

  it('holds in itself when an older chain is put back with its end, and not against a head that was kept elsewhere', async () => {
    const { id: tenantId } = await server.automate.ensureTenant('default');
    const heads = (await server.call<{ heads: { seq: number; hash: string }[] }>('GET', `${PATH}verify/`)).body.heads;
    const old = `${tenantId}:${heads[0]?.seq}:${heads[0]?.hash}`;
    await tamper('drop table if exists automate.old_heads; create table automate.old_heads as table automate.audit_heads');
    for (let count = 0; count < 3; count += 1) await store(`HIDDEN_${count}_${kind}`);
    const [head] = (await server.call<{ heads: { seq: number; hash: string }[] }>('GET', `${PATH}verify/`)).body.heads;
    const kept = `${tenantId}:${head?.seq}:${head?.hash}`;
    expect(await verify(`?since=${kept}`)).toMatchObject({ valid: true });
    expect(await verify(`?since=${old},${kept}`)).toMatchObject({ valid: true });
    await tamper(
      `delete from automate.audit_entries e using automate.old_heads h where e.tenant_id = h.tenant_id and e.seq > h.seq;
       truncate automate.audit_heads; insert into automate.audit_heads table automate.old_heads`,
    );
    expect(await verify('?all=true'), 'nothing in the database tells').toMatchObject({ valid: true });
    expect(await verify(`?since=${old}`)).toMatchObject({ valid: true });
    for (const query of [`?since=${kept}`, `?all=true&since=${old},${kept}`])
      expect(await verify(query)).toMatchObject({ valid: false, breaks: [{ seq: head?.seq, problem: 'missing' }] });
    // Written on from there, it is as long again and still another.
    for (let count = 0; count < 3; count += 1) await store(`OTHER_${count}_${kind}`);
    expect(await verify(`?since=${kept}`)).toMatchObject({ valid: false, breaks: [{ seq: head?.seq, problem: 'rewritten' }] });
    for (const since of ['', 'x', `${tenantId}:0:${head?.hash}`, `${tenantId}:1:abc`, Array(51).fill(kept).join(',')])
      expect((await server.call('GET', `${PATH}verify/?since=${since}`)).status, since).toBe(400);
  });

  it('leaves its ends in the log, and an error where one was set back', async () => {
    const lines: [string, object, string][] = [];
    const logger = {
      info: (facts: object, text: string) => lines.push(['info', facts, text]),
      error: (facts: object, text: string) => lines.push(['error', facts, text]),
    };
    const log = createHeadLog({ db: server.automate.db, logger: logger as never });
    await tamper('drop table if exists automate.old_heads; create table automate.old_heads as table automate.audit_heads');
    await log.write();
    await log.write();
    await store(`LOGGED_${kind}`);
    await log.write();
    await tamper('truncate automate.audit_heads; insert into automate.audit_heads table automate.old_heads');
    await log.write();
    expect(lines.map(([level, , text]) => [level, text])).toEqual([
      ['info', 'audit head'],
      ['info', 'audit head'],
      ['error', 'an audit chain was set back'],
    ]);
    expect(lines[0]?.[1]).toEqual({ 'audit.head': expect.stringMatching(/^[0-9a-f-]{36}:7:[0-9a-f]{64}$/) });
  });

  it('keeps a change from happening that it cannot record', async () => {
    await tamper('alter table automate.audit_entries add constraint full_disk check (seq < 8)');
    expect((await store('UNRECORDED')).status).toBeGreaterThanOrEqual(500);
    expect((await server.call('POST', '/api/v1/api-keys/', { name: 'x', scopes: ['*'] })).status).toBeGreaterThanOrEqual(500);
    const secrets = await server.call<{ results: unknown[] }>('GET', '/api/v1/secrets/?name=UNRECORDED');
    expect(secrets.body.results).toEqual([]);
    expect((await server.call<{ results: unknown[] }>('GET', '/api/v1/api-keys/?search=x')).body.results).toEqual([]);
  });

  it('holds when many change things at once', async () => {
    const replies = await Promise.all(Array.from({ length: 40 }, (_, index) => store(`AT_ONCE_${index}`)));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    expect(await verify('?all=true')).toMatchObject({ valid: true, checked: 47 });
  });
});
