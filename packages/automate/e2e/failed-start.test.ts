import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createTestDatabase, createTestServer } from '../src/testing/index.ts';
import { DocumentViewSet, documentsHost } from './fixtures/documents.ts';

class Colliding extends DocumentViewSet {
  override filters = { limit: { column: 'title', operator: 'exact' as const, schema: z.string() } };
}
const wrong = { ...documentsHost, viewsets: { documents: Colliding }, hasWorker: false };

describe('a start that fails', () => {
  it('leaves the embedded database free for the next', async () => {
    const database = await createTestDatabase('pglite');
    onTestFinished(() => database.dispose());
    await expect(createTestServer('pglite', { ...wrong, database })).rejects.toMatchObject({ code: 'invalid_model' });
    const server = await createTestServer('pglite', { database, hasWorker: false });
    expect((await server.call('GET', '/health/ready/')).status).toBe(200);
    await server.close();
  });

  it('removes the database of the test server', async () => {
    const [before, folder] = [process.env.TMPDIR, mkdtempSync(join(tmpdir(), 'automate-leak-'))];
    process.env.TMPDIR = folder;
    onTestFinished(() => {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
      rmSync(folder, { recursive: true, force: true });
    });
    await expect(createTestServer('postgres', wrong)).rejects.toMatchObject({ code: 'invalid_model' });
    await expect(createTestServer('postgres', { environment: { HOST: '192.0.2.1' } })).rejects.toMatchObject({
      code: 'cannot_listen',
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});
