import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite, parse, protocol } from '@electric-sql/pglite';
import { pg_textsearch } from '@electric-sql/pglite-pg_textsearch';
import { vector } from '@electric-sql/pglite-pgvector';
import { errorFieldsOf } from '../port/errors.ts';
import { parsers } from '../port/types.ts';
import type { Reply, Request, WorkerOptions } from './protocol.ts';

const port = parentPort;
if (!port) throw new Error('this file runs as a worker thread');
const { directory } = workerData as WorkerOptions;
const options = { extensions: { vector, pg_textsearch }, parsers };
const FEW_BUFFERS = ['-c', 'shared_buffers=16MB'];

const database = await open();
/** Prepared statements by their names, with the types of their parameters. */
const prepared = new Map<string, { readonly text: string; readonly types: readonly number[] }>();
let last: Promise<void> = Promise.resolve();
port.on('message', (request: Request) => {
  // In the order in which they come, one after the other.
  last = last.then(async () => port.postMessage(await answer(request)));
});
port.postMessage({ id: 0, rows: [], rowCount: 0 } satisfies Reply);

async function answer(request: Request): Promise<Reply> {
  try {
    switch (request.kind) {
      case 'query': {
        const { rows, affectedRows = 0 } =
          request.name === undefined
            ? await database.query<Record<string, unknown>>(request.text, [...request.values])
            : await runPrepared(request.name, request.text, request.values);
        return { id: request.id, rows, rowCount: rows.length || affectedRows };
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

/** Runs a statement that is parsed and planned once: in WebAssembly, that takes longer than most statements run. */
async function runPrepared(
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<{ rows: Record<string, unknown>[]; affectedRows?: number }> {
  const known = prepared.get(name);
  if (known && known.text !== text) throw new Error(`two statements are named ${name}`);
  const types = known?.types ?? (await prepare(name, text));
  const bound = values.map((value, index) => {
    if (value === null || value === undefined) return null;
    const serialize = database.serializers[types[index] ?? 0];
    return serialize ? serialize(value) : String(value);
  });
  const { serialize } = protocol;
  const messages = await database.execProtocolStream(
    Buffer.concat([
      serialize.bind({ statement: name, values: bound }),
      serialize.describe({ type: 'P' }),
      serialize.execute({}),
      serialize.sync(),
    ]),
  );
  return parse.parseResults(messages, database.parsers)[0] as { rows: Record<string, unknown>[]; affectedRows?: number };
}

async function prepare(name: string, text: string): Promise<readonly number[]> {
  const { serialize } = protocol;
  const messages = await database.execProtocolStream(
    Buffer.concat([serialize.parse({ name, text }), serialize.describe({ type: 'S', name }), serialize.sync()]),
  );
  const types = parse.parseDescribeStatementResults(messages);
  prepared.set(name, { text, types });
  return types;
}

/** Opens the directory. A new one is prepared beside it and renamed, so that a kill half-way leaves nothing that looks finished. */
async function open(): Promise<PGlite> {
  if (directory === undefined) return PGlite.create(options);
  if (!existsSync(join(directory, 'PG_VERSION'))) {
    removeUnfinished(directory);
    const draft = `${directory}.new-${process.pid}`;
    mkdirSync(draft, { mode: 0o700 });
    // For a moment only: PostgreSQL clears all of its buffers at start, 128 MB of them, which takes WebAssembly as long as all the rest.
    const fresh = await PGlite.create({
      ...options,
      dataDir: draft,
      startParams: [...PGlite.defaultStartParams, ...FEW_BUFFERS],
    });
    await fresh.close();
    renameSync(draft, directory);
  }
  return PGlite.create({ ...options, dataDir: directory, postgresqlconf: configurationOf(directory) });
}

/** What an operator has written there: PGlite writes the file anew at each start, from this. */
function configurationOf(directory: string): string {
  const file = join(directory, 'postgresql.conf');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function removeUnfinished(target: string): void {
  rmSync(target, { recursive: true, force: true });
  const parent = dirname(target);
  for (const name of readdirSync(parent)) {
    if (name.startsWith(`${basename(target)}.new-`)) rmSync(join(parent, name), { recursive: true, force: true });
  }
}
