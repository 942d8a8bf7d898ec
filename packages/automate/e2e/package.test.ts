import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { shortLived } from '../../../tools/short-lived.ts';
import { createTestDatabase } from '../src/testing/index.ts';
import { inherited } from './support/inherited.ts';
import { sized } from './support/lanes.ts';

const here = fileURLToPath(new URL('..', import.meta.url));
const modules = fileURLToPath(new URL('../../../node_modules/', import.meta.url));
const tsc = join(modules, 'typescript/bin/tsc');
const host = mkdtempSync(join(tmpdir(), 'automate-host-'));
const installed = join(host, 'node_modules/automate');
const mixins = ['ConfigurableMixin', 'CORSMixin', 'TenantFilterMixin', 'RateLimitMixin', 'StaffOnlyMixin', 'PublicAPIMixin'];

/** What a user gets: built, packed and unpacked; the dependencies are those of the repository. */
beforeAll(async () => {
  const packed = join(host, 'pack');
  mkdirSync(packed);
  copyFileSync(join(here, 'package.json'), join(packed, 'package.json'));
  await run(process.execPath, [join(here, 'build.ts'), '--out', join(packed, 'dist')]);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', host], packed);
  mkdirSync(installed, { recursive: true });
  const tarball = (stdout.match(/"filename":\s*"([^"]+)"/) ?? [])[1] ?? '';
  await run('tar', ['-xzf', join(host, tarball), '--strip-components=1', '-C', installed]);
  // npm may keep a dependency beside the package rather than at the root: there it is the one that the package wants.
  for (const folder of [join(here, 'node_modules'), modules].filter(existsSync)) linkPackages(folder, join(host, 'node_modules'));
  writeFileSync(join(host, 'package.json'), '{"type":"module"}');
});
afterAll(() => rmSync(host, { recursive: true, force: true }));

/** Links packages, and those of scopes one by one, where there is none of the name yet. */
function linkPackages(from: string, into: string): void {
  for (const name of readdirSync(from)) {
    if (name === 'automate' || name.startsWith('.')) continue;
    const [source, target] = [join(from, name), join(into, name)];
    if (name.startsWith('@')) {
      mkdirSync(target, { recursive: true });
      linkPackages(source, target);
    } else if (!existsSync(target)) symlinkSync(source, target);
  }
}

it('holds what runs, and nothing that only tests need', () => {
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' });
  const baselines = ['db', 'jobs', 'governance', 'accounts', 'engine'];
  for (const feature of baselines) expect(files).toContain(join('dist', feature, 'migrations', '0001_baseline.sql'));
  expect(files).toContain(join('dist', 'server', 'sample', 'event.json'));
  expect(files).toContain(join('dist', 'engine', 'steps', 'core-code', 'child', 'main.js'));
  expect(files).toContain(join('dist', 'accounts', 'pages', 'browser', 'sign-in.js'));
  expect(files).toContain(join('dist', 'studio', 'app', 'built', 'index.html'));
  const reference = join('dist', 'api', 'documentation');
  for (const name of [
    'scalar-license.txt',
    'scalar/standalone.esm.js',
    'scalar/standalone.esm.js.br',
    'scalar/standalone.esm.js.gz',
  ])
    expect(files).toContain(join(reference, ...name.split('/')));
  expect(files.filter((file) => /scalar.*\.map$/.test(file))).toEqual([]);
  // Pages of the Studio may be about tests.
  const ours = files.filter((file) => !file.includes(join('app', 'built')));
  expect(ours.filter((file) => /\btests?\b|fixtures/.test(file))).toEqual([]);
  const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { exports: Record<string, Entry> };
  for (const { types, default: code } of Object.values(exports)) {
    expect([types, code].filter((file) => !existsSync(join(installed, file)))).toEqual([]);
  }
});

it('gives hosts types that survive their own declarations', async () => {
  const source = join(host, 'source');
  mkdirSync(source);
  copyFileSync(new URL('./fixtures/host/host.ts', import.meta.url), join(source, 'host.ts'));
  writeFileSync(join(source, 'orders.ts'), everyOrder());
  expect(await compile(['--declaration', '--rootDir', source, '--outDir', join(host, 'lib'), ...filesOf(source)])).toBe('');

  const consumer = join(host, 'lib/consumer.ts');
  copyFileSync(new URL('./fixtures/host/consumer.ts', import.meta.url), consumer);
  expect(await compile(['--noEmit', '--skipLibCheck', 'false', consumer, join(host, 'lib/orders.d.ts')])).toBe('');
});

it('runs from dist', async () => {
  const main = join(installed, 'dist/cli/main.js');
  const environment = { ...inherited, AUTOMATE_DATA_DIR: join(host, 'data'), AUTOMATE_URL: 'http://127.0.0.1:9' };
  expect((await run(process.execPath, [main, '--version'], host, environment)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  // It makes the embedded database, which takes a worker file, WASM and the migrations.
  expect(JSON.parse((await run(process.execPath, [main, 'migrate', '--json'], host, environment)).stdout)).toMatchObject({
    applied: [
      'db/0001_baseline',
      'jobs/0001_baseline',
      'jobs/0002_dead_letters',
      'jobs/0003_worker_concurrency',
      'governance/0001_baseline',
      'governance/0002_seen_members',
      'governance/0003_audit_traces',
      'studio/0001_saved_views',
      'accounts/0001_baseline',
      'gateway/0001_providers_endpoints_calls',
      'gateway/0002_limits',
      'gateway/0003_artifacts',
      'gateway/0004_prompts',
      'gateway/0006_responses',
      'gateway/0007_endpoint_jobs',
      'gateway/0008_cached_answers',
      'gateway/0009_provider_tests',
      'gateway/0010_call_steps',
      'gateway/0011_similar_requests',
      'gateway/0012_spend',
      'engine/0001_baseline',
      'engine/0002_flow_control',
      'engine/0003_history',
      'engine/0004_trigger_subscriptions',
      'engine/0005_lists',
      'engine/0006_replays',
      'engine/0007_rule_cases',
    ],
  });
  expect(JSON.parse((await run(process.execPath, [main, 'doctor', '--json'], host, environment)).stdout)).toMatchObject({
    ok: true,
  });
  const script = `import * as all from 'automate/api'; import 'automate'; import 'automate/engine'; import 'automate/vite';
    import 'automate/testing'; import { router } from './lib/host.js'; console.log(router.routes().length, typeof all.action)`;
  expect((await run(process.execPath, ['--input-type=module', '-e', script], host)).stdout).toBe('11 function\n');
});

it('serves the API page from dist, compressed when it was built', async () => {
  const script = `import { ApiRouter, createApi, createFetchHandler, documentationRouter } from 'automate/api';
    const router = new ApiRouter().include('api', documentationRouter());
    const handler = createFetchHandler(createApi({ router, services: {} }));
    const ask = (path) => handler(new Request('http://127.0.0.1' + path, { headers: { 'accept-encoding': 'br' } }));
    const [, folder] = /src="([^"]+)reference.js"/.exec(await (await ask('/api/docs/')).text());
    const bundle = await ask(folder + 'standalone.esm.js');
    await bundle.arrayBuffer();
    console.log(JSON.stringify([bundle.status, bundle.headers.get('content-encoding'), bundle.headers.get('cache-control')]));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], host);
  expect(JSON.parse(stdout)).toEqual([200, 'br', 'public, max-age=31536000, immutable']);
});

it('runs code steps from dist, in a process that may read nothing but itself', async () => {
  const script = `import { createAutomate } from 'automate';
    const automate = await createAutomate();
    await automate.ready();
    const code = 'return { sum: input.numbers.reduce((sum, number) => sum + number, 0) }';
    const config = { code, input: { numbers: '{{ event.payload.numbers }}' }, timeout_ms: 20000 };
    const graph = { nodes: [{ id: 'sum', type: 'core.code', config }], edges: [] };
    await automate.define({ slug: 'sum', name: 'Sum', graph });
    console.log(JSON.stringify(await automate.run('sum', { numbers: [1, 2, 3] }, { wait: true })));
    await automate.close();`;
  const environment = { ...inherited, AUTOMATE_DATA_DIR: join(host, 'data'), AUTOMATE_CODE_STEPS: 'true' };
  writeFileSync(join(host, 'code.js'), script);
  const { stdout } = await run(process.execPath, [join(host, 'code.js')], host, environment);
  expect(JSON.parse(stdout)).toEqual({ sum: 6 });
});

it('runs features of others with every command, in an empty folder', async () => {
  for (const name of ['crm', 'shop'])
    cpSync(new URL(`../../../examples/features/${name}/`, import.meta.url), join(host, name), { recursive: true });
  const main = join(installed, 'dist/cli/main.js');
  const database = await createTestDatabase('pglite');
  onTestFinished(() => database.dispose());
  const environment = {
    ...inherited,
    ...database.environment,
    AUTOMATE_FEATURES: './crm/crm.ts, ./shop/shop.ts',
    PORT: '0',
  };
  const automate = async (...args: string[]) =>
    JSON.parse((await run(process.execPath, [main, ...args, '--json'], host, environment)).stdout);
  const { features } = (await automate('features')) as { features: Record<string, unknown>[] };
  expect(features.find(({ name }) => name === 'crm')).toMatchObject({
    settings: ['AUTOMATE_CRM_ATTEMPTS'],
    models: ['Contact'],
    roles: ['crm_contacts:read', 'crm_contacts:write'],
    triggers: ['crm.new_contact'],
    steps: ['crm.notify'],
    jobs: ['crm.announce'],
    checks: ['crm'],
    commands: ['crm add'],
    routes: expect.arrayContaining(['POST /api/v1/contacts/']),
  });
  expect((await automate('migrate')).applied).toEqual(expect.arrayContaining(['crm/0001_contacts', 'shop/0001_contacts']));
  const server = spawn(process.execPath, [...shortLived, main, 'serve', '--json'], {
    cwd: host,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const { url } = JSON.parse(String(line)) as { url: string };
    Object.assign(environment, { AUTOMATE_URL: url });
    expect(await automate('crm', 'add', 'ada@example.com', '--name', 'Ada')).toMatchObject({ name: 'Ada' });
    const { ok, findings } = (await automate('doctor')) as { ok: boolean; findings: { name: string; detail: string }[] };
    expect([ok, findings.find(({ name }) => name === 'crm')?.detail]).toEqual([true, 'contacts can be listed']);
  } finally {
    server.kill();
    await once(server, 'exit');
  }
  const broken = { ...environment, AUTOMATE_FEATURES: './crm/nothing.ts' };
  const { stdout } = await run(process.execPath, [main, 'features', '--json'], host, broken).catch((error) => error);
  expect(JSON.parse(stdout).error).toMatchObject({
    code: 'invalid_settings',
    message: expect.stringContaining('./crm/nothing.ts'),
  });
});

interface Entry {
  readonly types: string;
  readonly default: string;
}

/** A class in each of the 720 orders of the mixins, or in one of seven. */
function everyOrder(): string {
  const orders = permutations(mixins).filter((_, index) => index % sized(7, 1) === 0);
  const classes = orders.map((order, index) => {
    const base = order.reduceRight((inner, mixin) => `${mixin}(${inner})`, 'BaseModelViewSet<typeof InvoiceModel>');
    return `export abstract class Order${index} extends ${base} { override tenantField = 'organization_id'; }`;
  });
  const imports = `import { BaseModelViewSet, ${mixins.join(', ')} } from 'automate/api';\nimport { InvoiceModel } from './host.js';`;
  return `${imports}\n${classes.join('\n')}\n`;
}

function permutations(items: readonly string[]): string[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

function filesOf(directory: string): string[] {
  return readdirSync(directory).map((file) => join(directory, file));
}

/** What tsc has to say, under the options of a host that checks everything but third parties. */
async function compile(args: readonly string[]): Promise<string> {
  const options =
    '--ignoreConfig --strict --exactOptionalPropertyTypes --noImplicitOverride --target es2024 --module nodenext'.split(' ');
  const result = await run(process.execPath, [tsc, ...options, '--types', 'node', '--skipLibCheck', ...args]).catch(
    (error) => error,
  );
  // The first mistakes tell enough.
  return result.stdout.split('\n').slice(0, 12).join('\n');
}

function run(program: string, args: readonly string[], cwd = host, env: NodeJS.ProcessEnv = process.env) {
  const options = program === process.execPath ? shortLived : [];
  return promisify(execFile)(program, [...options, ...args], { cwd, env, maxBuffer: 1e8 });
}
