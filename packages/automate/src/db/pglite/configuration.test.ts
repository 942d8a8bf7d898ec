import { expect, it } from 'vitest';
import { createTestDatabase } from '../../testing/index.ts';

it('goes by the configuration in its directory, and keeps it', async () => {
  const database = await createTestDatabase('pglite');
  try {
    for (let start = 1; start <= 2; start += 1) {
      const db = await database.open();
      const { rows } = await db.query('show shared_buffers');
      await db.close();
      expect(rows, `start ${start}`).toEqual([{ shared_buffers: '16MB' }]);
    }
  } finally {
    await database.dispose();
  }
});
