import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createApi } from 'automate/api';
import { afterAll, expect, it } from 'vitest';
import { createRegistry } from '../../automate/src/platform/index.ts';
import { builtInFeatures, mountRoutes } from '../../automate/src/server/index.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'automate-samples-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Sample {
  readonly lang: string;
  readonly label: string;
  readonly source: string;
}
interface Described {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly 'x-codeSamples'?: readonly Sample[];
}

async function operations(): Promise<Described[]> {
  const routes = await mountRoutes(createRegistry(builtInFeatures));
  const api = createApi({ ...routes, services: {} as never });
  const { paths } = JSON.parse(api.openapi()) as { paths: Record<string, Record<string, Described>> };
  return Object.values(paths).flatMap((methods) => Object.values(methods));
}

/** What tsc says of the programs, each a file of its own. */
async function complaintsOf(programs: ReadonlyMap<string, string>): Promise<string> {
  mkdirSync(join(folder, 'samples'), { recursive: true });
  for (const [name, source] of programs) writeFileSync(join(folder, 'samples', `${name}.ts`), source);
  const options = {
    extends: join(root, 'tsconfig.base.json'),
    compilerOptions: {
      lib: ['es2024', 'dom'],
      typeRoots: [join(root, 'node_modules/@types')],
      paths: { 'automate-client': [join(root, 'packages/client/src/index.ts')] },
    },
    include: ['samples'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const result = await promisify(execFile)(process.execPath, [tsc, '-p', folder], { cwd: folder }).catch((error) => error);
  return result.stdout as string;
}

it('every operation shows a call of the client, and the compiler takes each of them', async () => {
  const all = await operations();
  const takesJson = ({ requestBody }: Described) => !requestBody || 'application/json' in requestBody.content;
  const without = all.filter((operation) => takesJson(operation) && !operation['x-codeSamples']);
  expect(without.map(({ operationId }) => operationId)).toEqual([]);
  expect(all.length).toBeGreaterThan(80);
  const programs = new Map(all.flatMap((one) => (one['x-codeSamples'] ?? []).map(({ source }) => [one.operationId, source])));
  expect(await complaintsOf(programs)).toBe('');
  // It is the compiler that says so: what is no method, and what is no body, is found.
  const [wrong = ''] = [programs.get('workflow.create')?.replace('workflows.create', 'workflows.invent')];
  const body = programs.get('event.create')?.replace('event_type:', 'event_kind:') ?? '';
  expect(await complaintsOf(new Map([['wrong', wrong]]))).toContain("'invent' does not exist");
  expect(await complaintsOf(new Map([['wrong', body]]))).toContain("'event_kind' does not exist");
});
