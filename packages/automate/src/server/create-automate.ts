import { setMaxListeners } from 'node:events';
import { resolve } from 'node:path';
import { type Api, createApi, type FetchHandler, type fastifyPlugin, type NodeHandler } from '../api/index.ts';
import { type Db, openDatabase } from '../db/index.ts';
import type { Engine, InProcess } from '../engine/index.ts';
import { type ApiKeys, ensureTenant, type Policies } from '../governance/index.ts';
import type { JobSystem } from '../jobs/index.ts';
import { createLogger, type Logger, loadSettings, type Settings } from '../kernel/index.ts';
import {
  createFeatures,
  createRegistry,
  type Feature,
  orderFeatures,
  type Registry,
  type RunningFeatures,
  readSettings,
} from '../platform/index.ts';
import type { AdminModels } from '../studio/index.ts';
import { builtInFeatures } from './built-in.ts';
import { createDoors } from './doors.ts';
import { hostFeature } from './features/host.ts';
import { createLifecycle } from './lifecycle.ts';
import { migrationSourcesOf } from './migrations.ts';
import type { AutomateOptions } from './options.ts';
import { mountRoutes } from './router.ts';
import { prepareSchema } from './schema.ts';

/** A running Automate. */
export interface Automate extends InProcess {
  readonly settings: Settings;
  readonly features: readonly Feature[];
  readonly db: Db;
  readonly engine: Engine;
  /** All asynchronous work of this process; `announce()` it when a transaction of yours has queued jobs. */
  readonly jobs: JobSystem;
  readonly api: Api;
  /** Makes keys in code. @example await automate.apiKeys.create({ tenantId, name: 'CI', scopes: ['events:write'], isStaff: false }) */
  readonly apiKeys: ApiKeys;
  /** What tenants may do. */
  readonly policies: Policies;
  /** How the admin of the Studio shows models; holds from the next request on. @example automate.admin.register(OrderModel, { list: ['number', 'status'] }) */
  readonly admin: AdminModels;
  /** The tenant with this slug, made when absent. */
  ensureTenant(slug: string, name?: string): Promise<{ readonly id: string; readonly isNew: boolean }>;
  /** A path that lets whoever has it in once: to set up the first owner, else to sign in as the first of the staff. */
  startLink(): Promise<string | undefined>;
  /** Serves HTTP. Resolves with the address once it listens; whether it is ready says `/health/ready/`. */
  listen(): Promise<string>;
  /** Resolves when the database is prepared and, if wanted, the worker runs; waits for the database as long as it takes. */
  ready(): Promise<void>;
  /** For a host's own Fastify 5: `app.register(automate.plugin, { prefix: '/automate' })`, the prefix being the `basePath`. */
  readonly plugin: ReturnType<typeof fastifyPlugin>;
  /** For Hono, Next.js and others that hand over a `Request`. */
  readonly fetch: FetchHandler;
  /** For Express and `http.createServer`. */
  readonly handler: NodeHandler;
  /** Stops taking work, lets what runs reach a safe point, closes everything. */
  close(): Promise<void>;
}

const LONGEST_IDLE_SECONDS = 60;

/**
 * Puts the features together: ours, those given, and what the host brings.
 * @throws AppError `database_locked` when another process uses the embedded database; TypeError when features do not fit together
 * @example
 * const automate = await createAutomate();
 * console.log(await automate.listen());
 */
export async function createAutomate(options: AutomateOptions = {}): Promise<Automate> {
  const given = options.features ?? [];
  const registry = createRegistry(orderFeatures([...builtInFeatures, ...given, hostFeature(options)]));
  const settings = settingsFor(options);
  const featureSettings = readSettings(registry.features, settings.variables);
  const isEmbedded = settings.database.kind === 'embedded';
  const { hasWorker = true, migrates = isEmbedded, hasLocalKey = isEmbedded } = options;
  const logger = options.logger ?? createLogger({ level: settings.logLevel });
  const lifecycle = createLifecycle({ logger, hasWorker });
  setMaxListeners(0, lifecycle.closing);
  // The locks of a frozen process must not outlive its leases for long, or nobody could take over.
  const db = await openDatabase(settings.database, logger, Math.min(settings.leaseSeconds, LONGEST_IDLE_SECONDS));
  let address: string | undefined;
  let api: Api | undefined;
  let features: RunningFeatures | undefined;
  const publicUrl = () => settings.publicUrl ?? (address ?? `http://localhost:${settings.http.port}`) + (api?.basePath ?? '');
  try {
    const running = await createFeatures({
      features: registry.features,
      logger,
      given: { phase: lifecycle.phase },
      settings: featureSettings,
      platform: { core: settings, registry, db, hasWorker, hasLocalKey, closing: lifecycle.closing, publicUrl },
    });
    features = running;
    api = await apiOf(running, options, { registry, settings, logger });
    const doors = createDoors(api, settings.http);
    const models = [...given, ...registry.features.slice(-1)].flatMap((feature) => feature.models ?? []);
    const schema = { sources: migrationSourcesOf(registry.features), migrates, models };
    const { engine, jobs, apiKeys, policies, people, inProcess, audit, admin } = running.services;
    return {
      settings,
      features: registry.features,
      db,
      engine,
      jobs,
      api,
      apiKeys,
      policies,
      admin,
      ...inProcess,
      ensureTenant: (slug, name = slug) => ensureTenant({ db, audit }, slug, name),
      startLink: () => people.startLink(),
      ...doors,
      listen: async () => (address = await doors.listen()),
      ready: () => lifecycle.ready(running, () => prepareSchema(db, logger, schema)),
      async close() {
        await lifecycle.stop(running);
        await doors.close();
        await running.close();
        await db.close();
      },
    };
  } catch (error) {
    await features?.close();
    await db.close();
    throw error;
  }
}

async function apiOf(
  features: RunningFeatures,
  options: AutomateOptions,
  { registry, settings, logger }: { registry: Registry; settings: Settings; logger: Logger },
): Promise<Api> {
  const mounted = await mountRoutes(registry, options);
  return createApi({
    ...mounted,
    basePath: options.basePath ?? '',
    landing: settings.landing ?? (mounted.router.basenames.has('studio-page') ? 'studio-page.get' : 'docs.get'),
    services: features.services,
    authenticators: features.authenticators(options.authenticators ?? []),
    settings: settings.api,
    logger,
  });
}

const DEFAULT_POOL = 12;

function settingsFor({ settings = loadSettings(), database }: AutomateOptions): Settings {
  if (database === undefined) return settings;
  const { poolSize } = settings.database.kind === 'postgres' ? settings.database : { poolSize: DEFAULT_POOL };
  return {
    ...settings,
    database: /^postgres(ql)?:/.test(database)
      ? { kind: 'postgres', url: database, poolSize }
      : { kind: 'embedded', directory: resolve(database) },
  };
}
