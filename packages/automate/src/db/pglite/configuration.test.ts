import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createTestDatabase } from '../../testing/index.ts';

it('goes by the configuration in its directory, and keeps it', async () => {
  const database = await createTestDatabase('pglite');
  try {
    const db = await database.open();
    const { rows } = await db.query('show shared_buffers');
    await db.close();
    expect(rows).toEqual([{ shared_buffers: '16MB' }]);
    const file = join(database.environment.AUTOMATE_DATA_DIR, 'database', 'postgresql.conf');
    expect(readFileSync(file, 'utf8')).toContain('shared_buffers = 16MB');
  } finally {
    await database.dispose();
  }
});
