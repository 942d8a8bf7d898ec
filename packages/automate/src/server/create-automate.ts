import { setMaxListeners } from 'node:events';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import {
  type Api,
  type ApiRouter,
  type Authenticator,
  apiKeyAuthenticator,
  type BaseViewSet,
  createApi,
  createFastifyServer,
  createFetchHandler,
  createNodeHandler,
  type FetchHandler,
  fastifyPlugin,
  type NodeHandler,
} from '../api/index.ts';
import {
  builtInMigrations,
  checkModelTables,
  createCatalog,
  createIdempotencyStore,
  createOperatorRepository,
  createRepository,
  createThrottleStore,
  type Db,
  type HostTransaction,
  hostMigrations,
  loadStatements,
  migrate,
  openDatabase,
  pendingMigrations,
  type Queryable,
  removeExpiredReplies,
} from '../db/index.ts';
import {
  createApprovalLinks,
  createApprovals,
  createDefine,
  createEngine,
  createHooks,
  createRetention,
  createRun,
  type Define,
  type EmittedEvent,
  type Engine,
  emit,
  type HookListeners,
  type Hooks,
  type Receipt,
  type Run,
  type StepType,
  WorkflowService,
} from '../engine/index.ts';
import {
  type ApiKeys,
  createApiKeys,
  createAudit,
  createHeadLog,
  createKeyring,
  createMasterKeys,
  createPeople,
  createPolicies,
  createSecrets,
  ensureTenant,
  HomeView,
  type Policies,
  type RoleExtensions,
} from '../governance/index.ts';
import { enqueue, type JobHandler } from '../jobs/index.ts';
import {
  AppError,
  createLogger,
  createTenantRedactors,
  ensureSecretKey,
  errorMessage,
  type Logger,
  loadSettings,
  type Model,
  type Principal,
  type Settings,
} from '../kernel/index.ts';
import { createOutbound } from '../outbound/index.ts';
import { bootstrap, workflowOptions } from './bootstrap.ts';
import { createHealth } from './health.ts';
import { rotationHandler, rotationJob } from './master-key-job.ts';
import { createMetrics } from './metrics.ts';
import { builtInModels, builtInRouter, policyRules, publishedClient } from './routes.ts';

export interface AutomateOptions {
  /** Default: read from the environment. */
  readonly settings?: Settings;
  readonly logger?: Logger;
  /** `postgres://…`, or the folder of an embedded database. Default: what the settings say. */
  readonly database?: string;
  /** The host's own models: their tables are checked at start, and the schema endpoint shows them. */
  readonly models?: readonly Model[];
  /** Folder of the host's own migrations, `.sql` files; applied after ours, whenever ours are. */
  readonly migrations?: URL | string;
  /** The host's own viewsets by their path below `/api/v1/`; at the path of a built-in one they replace it. */
  readonly viewsets?: Readonly<Record<string, new () => BaseViewSet>>;
  /** The host's own routes, at any path; a view registered under the basename of a built-in one replaces it. */
  readonly router?: ApiRouter;
  /** Path in the host's server below which everything is mounted, such as `/automate`. Default: the root. */
  readonly basePath?: string;
  /** The host's own ways to know who is asking, such as its session; asked before API keys. */
  readonly authenticators?: readonly Authenticator[];
  /** What the roles of members may do with the host's own resources. */
  readonly roles?: RoleExtensions;
  /** The host's own step types. */
  readonly steps?: readonly StepType[];
  /** What runs the host's own kinds of jobs. */
  readonly jobs?: readonly JobHandler[];
  /** Told, in this process, after what they tell has been committed: at most once, and never by another process. */
  readonly hooks?: Partial<HookListeners>;
  /** Whether this process dispatches events and runs executions. Default true. */
  readonly hasWorker?: boolean;
  /** Whether to bring the database schema up to date first. Default: in embedded mode only. */
  readonly migrates?: boolean;
  /** Whether to keep an API key in the data directory for the command line. Default: in embedded mode only. */
  readonly hasLocalKey?: boolean;
}

/** A running Automate. */
export interface Automate {
  readonly settings: Settings;
  readonly db: Db;
  readonly engine: Engine;
  readonly api: Api;
  /** Makes keys in code. @example await automate.apiKeys.create({ tenantId, name: 'CI', scopes: ['events:write'], isStaff: false }) */
  readonly apiKeys: ApiKeys;
  /**
   * Stores an event in a transaction of yours, whatever role and search path it has: the event exists if and only if that
   * commits. What it triggers starts within a second of the commit, or at once after `announce()`.
   * @example await automate.emit(client, { type: 'order.created', payload: { id: 7 } });
   */
  emit(transaction: HostTransaction | Queryable, event: EmittedEvent): Promise<Receipt>;
  /**
   * Makes a workflow what the code says, by its slug; a new version only when something is different.
   * @throws AppError `invalid_input` naming what is wrong
   * @example await automate.define(workflow('hello').step('say', 'core.log', { message: 'Hello' }));
   */
  readonly define: Define;
  /** Says that something was emitted and committed, so that nobody waits for the next look. */
  announce(): void;
  /**
   * Starts a workflow by its slug; with `wait`, resolves with its output.
   * @throws ExecutionFailed when it was waited for and has failed or was cancelled
   * @example const { total } = await automate.run<{ total: number }>('order-intake', { id: 7 }, { wait: true });
   */
  readonly run: Run;
  /** Tells code of this process what has happened. @example automate.hooks.on('workflow_failed', ({ error }) => page(error)) */
  readonly hooks: Hooks;
  /** What tenants may do. */
  readonly policies: Policies;
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
const RETRY_MS = 1_000;
const SWEEP_MS = 600_000;

/**
 * Puts the product together: the only place that knows every feature.
 * @throws AppError `database_locked` when another process uses the embedded database
 * @example
 * const automate = await createAutomate();
 * console.log(await automate.listen());
 */
export async function createAutomate(options: AutomateOptions = {}): Promise<Automate> {
  const settings = settingsFor(options);
  const isEmbedded = settings.database.kind === 'embedded';
  const { hasWorker = true, migrates = isEmbedded, hasLocalKey = isEmbedded } = options;
  const logger = options.logger ?? createLogger({ level: settings.logLevel });
  const rootKey = settings.secretKey ?? ensureSecretKey(settings.dataDirectory);
  // The locks of a frozen process must not outlive its leases for long, or nobody could take over.
  const db = await openDatabase(settings.database, logger, Math.min(settings.worker.leaseSeconds, LONGEST_IDLE_SECONDS));
  try {
    return await assemble({ options, settings, logger, rootKey, db, hasWorker, migrates, hasLocalKey });
  } catch (error) {
    // A second try finds the database free.
    await db.close();
    throw error;
  }
}

async function assemble(parts: {
  options: AutomateOptions;
  settings: Settings;
  logger: Logger;
  rootKey: string;
  db: Db;
  hasWorker: boolean;
  migrates: boolean;
  hasLocalKey: boolean;
}): Promise<Automate> {
  const { options, settings, logger, rootKey, db, hasWorker, migrates, hasLocalKey } = parts;
  let phase: 'starting' | 'ready' | 'stopping' = 'starting';
  let preparing: Promise<void> | undefined;
  let sweeping: NodeJS.Timeout | undefined;

  const redactFor = createTenantRedactors();
  const keyring = await createKeyring({ db, rootKeys: [rootKey, ...settings.previousSecretKeys] });
  const audit = createAudit({ db, key: () => keyring.systemKey('audit'), redactFor });
  const headLog = createHeadLog({ db, logger });
  const throttle = createThrottleStore(db);
  const catalog = createCatalog();
  const policies = await createPolicies({ db, logger, audit, rules: policyRules, settings });
  const outbound = createOutbound({
    ...settings.outbound,
    policy: { allowHosts: settings.outbound.allowHosts },
    requireHost: policies.requireHost,
    logger,
  });
  const secrets = await createSecrets({ db, keyring, logger, policies, settings: settings.secrets });
  const hooks = createHooks({ logger, listeners: options.hooks ?? {} });
  let address: string | undefined;
  const publicUrl = () => settings.publicUrl ?? (address ?? `http://localhost:${settings.http.port}`) + api.basePath;
  const approvalLinks = createApprovalLinks({ keyring, publicUrl });
  const engine = await createEngine({
    db,
    hooks,
    logger,
    outbound,
    secrets,
    policies,
    throttle,
    approvalLinks,
    redactFor,
    settings: settings.worker,
    hasCodeSteps: settings.hasCodeSteps,
    handlers: [rotationHandler({ db, keyring }), ...(options.jobs ?? [])],
    steps: options.steps ?? [],
  });
  const retention = createRetention({
    db,
    logger,
    policies: engine.policy,
    name: settings.worker.name,
    sweepSeconds: settings.retention.sweepSeconds,
    graceDays: settings.retention.graceDays,
  });
  const roles = options.roles ?? {};
  const apiKeys = await createApiKeys({ db, logger, roles });
  const { people, sessions, invitations, singleSignOn, ...peopleParts } = await createPeople({
    db,
    logger,
    settings,
    keyring,
    audit,
    policies,
    throttle,
    roles,
    apiKeys,
    publicUrl,
  });
  const router = routerFor(options);
  const api = createApi({
    router,
    basePath: options.basePath ?? '',
    landing: settings.landing ?? 'account-page.get',
    client: publishedClient,
    services: {
      models: createRepository(db, catalog),
      operatorModels: createOperatorRepository(db, catalog),
      people,
      invitations,
      singleSignOn,
      throttle,
      idempotency: createIdempotencyStore(db, { lockSeconds: settings.idempotencyLockSeconds }),
      modelRegistry: [...builtInModels, ...(options.models ?? [])],
      health: createHealth({ db, engine, phase: () => phase }),
      events: engine.events,
      executions: engine.executions,
      dryRun: engine.dryRun,
      jobs: engine.jobs,
      approvals: createApprovals({ db, links: approvalLinks, audit, redactFor, secrets, onTold: engine.announceTold }),
      redactFor,
      keyring,
      secrets,
      masterKeys: createMasterKeys({ db, keyring, audit, start: startRotation }),
      audit,
      policies,
      apiKeys,
      workflows: workflowOptions({ db, engine }),
      database: db,
      metrics: createMetrics(engine.counters, retention.deleted, () => engine.progress()),
    },
    authenticators: [
      ...(options.authenticators ?? []),
      apiKeyAuthenticator({ verify: (key) => apiKeys.verify(key) }),
      sessions.authenticator,
    ].map(withKnownSecrets),
    settings: settings.api,
    logger,
  });
  async function startRotation(actor: { tenantId: string; traceId: string }): Promise<string> {
    const [id] = await enqueue(db, [rotationJob(actor)]);
    engine.announceWork();
    return id as string;
  }
  let server: ReturnType<typeof createFastifyServer> | undefined;
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const service = new WorkflowService(workflowOptions({ db, engine }));

  /** Before anything is shown to a tenant, redaction knows its secrets. */
  function withKnownSecrets(authenticator: Authenticator): Authenticator {
    const learn = (principal: Principal | null) => {
      const pending = principal && secrets.learn(principal.tenantId);
      return pending ? pending.then(() => principal) : principal;
    };
    const { name, challenge, schemes } = authenticator;
    return {
      name,
      challenge,
      schemes,
      authenticate(ctx) {
        const found = authenticator.authenticate(ctx);
        return found instanceof Promise ? found.then(learn) : learn(found);
      },
    };
  }

  const fetch = createFetchHandler(api);
  const handler = createNodeHandler(api);

  /** What nobody will ask for again; a failure is tried again the next time. */
  async function sweep(): Promise<void> {
    await Promise.all([removeExpiredReplies(db), peopleParts.sweep(), headLog.write()]).catch((error: unknown) =>
      logger.warn({ reason: errorMessage(error) }, 'sweeping failed'),
    );
  }

  async function prepare(): Promise<void> {
    for (;;) {
      try {
        const ofHost = options.migrations ? [hostMigrations(options.migrations)] : [];
        if (migrates) await migrate(db, [builtInMigrations, ...ofHost]);
        else await requireSchema(db);
        await keyring.open();
        for (const warning of await checkModelTables(db, options.models ?? [])) logger.warn(warning);
        await bootstrap({ db, audit, engine, apiKeys, settings, hasLocalKey });
        await peopleParts.bootstrap();
        if (hasWorker) await engine.startWorker();
        if (phase === 'stopping') throw stopping();
        if (hasWorker) retention.start();
        phase = 'ready';
        sweeping = setInterval(() => void sweep(), SWEEP_MS).unref();
        return;
      } catch (error) {
        if (phase === 'stopping') throw stopping();
        if (!AppError.is(error) || error.code !== 'database_unavailable') throw error;
        logger.warn({ reason: errorMessage(error.cause) }, 'the database is not reachable yet, trying again');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  const automate: Automate = {
    settings,
    db,
    engine,
    api,
    apiKeys,
    policies,
    emit: (transaction, event) => emit(engine.events, transaction, event),
    define: createDefine({ db, service }),
    announce: engine.announceWork,
    hooks,
    run: createRun({ db, executions: engine.executions.reader, service, closing: closing.signal }),
    ensureTenant: (slug, name = slug) => ensureTenant({ db, audit }, slug, name),
    plugin: fastifyPlugin(api),
    fetch,
    handler,
    startLink: () => people.startLink(),
    async listen() {
      server ??= createFastifyServer(api);
      await loadStatements();
      await server.listen({ host: settings.http.host, port: settings.http.port }).catch((error: NodeJS.ErrnoException) => {
        throw cannotListen(settings, error);
      });
      const { port } = server.server.address() as AddressInfo;
      address = `http://${settings.http.host.includes(':') ? `[${settings.http.host}]` : settings.http.host}:${port}`;
      return address;
    },
    ready() {
      preparing ??= prepare();
      return preparing;
    },
    async close() {
      phase = 'stopping';
      closing.abort(stopping());
      clearInterval(sweeping);
      await preparing?.catch(() => undefined);
      // Not ready, yet answering, for as long as work is brought to a safe point.
      await retention.stop();
      await engine.stop();
      await hooks.close();
      await Promise.all([fetch.close(), handler.close()]);
      await server?.close();
      await peopleParts.close();
      await apiKeys.close();
      await secrets.close();
      await policies.close();
      await keyring.close();
      await outbound.close();
      await db.close();
    },
  };
  return automate;
}

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

const DEFAULT_POOL = 12;

function routerFor({ viewsets = {}, router }: AutomateOptions): ApiRouter {
  const all = builtInRouter();
  for (const [path, viewset] of Object.entries(viewsets)) {
    const place = `api/v1/${path}`;
    all.register(place, viewset, { basename: all.basenameAt(place) ?? path.replaceAll('/', '-') });
  }
  if (router) all.include('', router);
  return all.basenameAt('') === undefined ? all.view('', HomeView, { basename: 'home' }) : all;
}

function stopping(): AppError {
  return new AppError({ status: 503, code: 'stopping', title: 'Stopping', detail: 'It was stopped before this was done.' });
}

function cannotListen({ http }: Settings, error: NodeJS.ErrnoException): unknown {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program uses it. Choose another PORT.',
    EACCES: 'it may not be used by this user. Choose a PORT from 1024 on.',
    EADDRNOTAVAIL: 'this machine has no such address. Set HOST to one it has.',
  };
  const reason = reasons[error.code ?? ''];
  if (!reason) return error;
  return new AppError({
    status: 500,
    code: 'cannot_listen',
    title: 'Cannot listen',
    detail: `Cannot listen on ${http.host}:${http.port}: ${reason}`,
    cause: error,
  });
}

async function requireSchema(db: Db): Promise<void> {
  const pending = await pendingMigrations(db);
  if (pending.length === 0) return;
  throw new AppError({
    status: 500,
    code: 'schema_outdated',
    title: 'Database schema is out of date',
    detail: `Not applied yet: ${pending.join(', ')}. Run \`automate migrate\` first, or start with --migrate.`,
  });
}
