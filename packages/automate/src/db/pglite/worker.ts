import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { pg_textsearch } from '@electric-sql/pglite-pg_textsearch';
import { vector } from '@electric-sql/pglite-pgvector';
import { errorFieldsOf } from '../errors.ts';
import { parsers } from '../types.ts';
import type { Reply, Request, WorkerOptions } from './protocol.ts';

const port = parentPort;
if (!port) throw new Error('this file runs as a worker thread');
const { directory } = workerData as WorkerOptions;
const options = { extensions: { vector, pg_textsearch }, parsers };

const database = await open();
port.on('message', async (request: Request) => port.postMessage(await answer(request)));
port.postMessage({ id: 0, rows: [], rowCount: 0 } satisfies Reply);

async function answer(request: Request): Promise<Reply> {
  try {
    switch (request.kind) {
      case 'query': {
        const result = await database.query<Record<string, unknown>>(request.text, [...request.values]);
        return { id: request.id, rows: result.rows, rowCount: result.rows.length || (result.affectedRows ?? 0) };
      }
      case 'script':
        await database.exec(request.text);
        break;
      case 'close':
        await database.close();
        break;
    }
    return { id: request.id, rows: [], rowCount: 0 };
  } catch (error) {
    const fields = errorFieldsOf(error);
    return { id: request.id, error: { ...fields, code: fields.code || 'XX000' } };
  }
}

/** Opens the directory. A new one is prepared beside it and renamed, so that a kill half-way leaves nothing that looks finished. */
async function open(): Promise<PGlite> {
  if (directory === undefined) return PGlite.create(options);
  if (!existsSync(join(directory, 'PG_VERSION'))) {
    removeUnfinished(directory);
    const draft = `${directory}.new-${process.pid}`;
    mkdirSync(draft, { mode: 0o700 });
    const fresh = await PGlite.create({ ...options, dataDir: draft });
    await fresh.close();
    renameSync(draft, directory);
  }
  return PGlite.create({ ...options, dataDir: directory });
}

function removeUnfinished(target: string): void {
  rmSync(target, { recursive: true, force: true });
  const parent = dirname(target);
  for (const name of readdirSync(parent)) {
    if (name.startsWith(`${basename(target)}.new-`)) rmSync(join(parent, name), { recursive: true, force: true });
  }
}
