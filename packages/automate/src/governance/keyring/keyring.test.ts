import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '../../db/index.ts';
import { createTestDatabase, databaseKinds, type TestDatabase } from '../../testing/index.ts';
import { insertSystemKey } from './keyring.store.ts';
import { createKeyring } from './keyring.ts';
import { MasterKeyRing } from './master-key-ring.ts';
import { sealBytes } from './seal.ts';

const ROOT = 'a-root-key-that-only-tests-use-0123456789';

describe.each(databaseKinds)('the keys of purposes on %s', (kind) => {
  let database: TestDatabase;
  let db: Db;
  beforeAll(async () => {
    database = await createTestDatabase(kind);
    db = await database.open();
  });
  afterAll(async () => {
    await db.close();
    await database.dispose();
  });
  const keyring = () => createKeyring({ db, rootKeys: [ROOT] });

  it('are not there before it is open', async () => {
    const closed = await keyring();
    expect(() => closed.systemKey('audit')).toThrow(expect.objectContaining({ code: 'keyring_closed' }));
    await closed.close();
  });

  it('are another for each, and the same in every process, also behind a new master key', async () => {
    const [one, other] = [await keyring(), await keyring()];
    await Promise.all([one.open(), other.open()]);
    const keys = ['audit', 'auth', 'crm_links'].map((purpose) => one.systemKey(purpose).toString('hex'));
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toMatch(/^[0-9a-f]{64}$/);
    await one.addMasterKey();
    const later = await keyring();
    await later.open();
    for (const ring of [other, later])
      expect(['audit', 'auth', 'crm_links'].map((purpose) => ring.systemKey(purpose).toString('hex'))).toEqual(keys);
    await Promise.all([one, other, later].map((ring) => ring.close()));
  });

  it('stay what they are where a purpose has one of its own', async () => {
    const masters = new MasterKeyRing(db, [ROOT]);
    const version = await masters.newest();
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32BE(version);
    const own = randomBytes(32);
    await insertSystemKey(
      db,
      'approvals',
      Buffer.concat([prefix, sealBytes(await masters.get(version), own, 'system:approvals')]),
    );
    const ring = await keyring();
    await ring.open();
    expect(ring.systemKey('approvals')).toEqual(own);
    await ring.addMasterKey();
    const later = await keyring();
    await later.open();
    expect(later.systemKey('approvals')).toEqual(own);
    await Promise.all([ring.close(), later.close()]);
  });
});
