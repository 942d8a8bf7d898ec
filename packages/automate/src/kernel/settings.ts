import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from './errors.ts';
import { apiSettingsOf, type HostSettings, type SettingValue, variablesOf } from './host-settings.ts';
import type { LogLevel } from './logger.ts';

const integer = (fallback: number, minimum: number, maximum: number) =>
  z.coerce.number().int().min(minimum).max(maximum).default(fallback);
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const satisfies readonly LogLevel[];

/** Every environment variable the product reads, with its default and its bounds. `docs/reference/settings.md` explains each. */
const Environment = z.object({
  PORT: integer(3000, 0, 65_535),
  HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
    .optional(),
  AUTOMATE_DATA_DIR: z.string().min(1).default('.automate'),
  AUTOMATE_SECRET_KEY: z.string().min(32, 'must hold at least 32 bytes').optional(),
  AUTOMATE_BOOTSTRAP_TOKEN: z.string().min(16, 'must hold at least 16 characters').max(512).optional(),
  AUTOMATE_LOG_LEVEL: z.enum(logLevels).default('info'),
  AUTOMATE_DATABASE_POOL: integer(12, 3, 500),
  AUTOMATE_WORKER_CONCURRENCY: integer(500, 1, 10_000),
  AUTOMATE_LEASE_SECONDS: z.coerce.number().min(1).max(3_600).default(30),
  AUTOMATE_SHUTDOWN_SECONDS: z.coerce.number().min(0).max(600).default(25),
  AUTOMATE_IDEMPOTENCY_LOCK_SECONDS: integer(60, 1, 3_600),
  AUTOMATE_OUTBOUND_ALLOW_HOSTS: list,
  AUTOMATE_SAMPLE: z.stringbool().default(true),
  AUTOMATE_URL: z.url().optional(),
  AUTOMATE_TOKEN: z.string().optional(),
});

/** Settings of the web layer by `<NAME>`: those of the environment variables `AUTOMATE_API_<NAME>`, and what a host set in code. */
export type ApiSettings = Readonly<Record<string, SettingValue>>;

export interface Settings {
  readonly http: { readonly port: number; readonly host: string };
  readonly database:
    | { readonly kind: 'postgres'; readonly url: string; readonly poolSize: number }
    | { readonly kind: 'embedded'; readonly directory: string };
  readonly dataDirectory: string;
  readonly secretKey: string | undefined;
  readonly bootstrapToken: string | undefined;
  readonly logLevel: LogLevel;
  readonly worker: {
    /** Names this process in leases; unique per start. */
    readonly name: string;
    readonly concurrency: number;
    readonly leaseSeconds: number;
    readonly shutdownSeconds: number;
  };
  /** How long the `Idempotency-Key` of a running request is held without a sign of life. */
  readonly idempotencyLockSeconds: number;
  readonly outbound: { readonly allowHosts: readonly string[] };
  /** Whether the sample automation is set up on first boot. */
  readonly hasSample: boolean;
  /** How the command line reaches a running server. */
  readonly client: { readonly url: string; readonly token: string | undefined };
  /** Raw `AUTOMATE_API_<NAME>` values by `<NAME>`. */
  readonly api: ApiSettings;
}

/**
 * The settings of a host program: what it says in code, overridden by the environment, checked at once.
 * @throws AppError `invalid_settings`, naming each variable and what is wrong with it.
 * @example
 * const settings = defineSettings({ http: { port: 8080 }, api: { pageSize: 50, cors: { origins: ['https://app.example.com'] } } });
 * const automate = await createAutomate({ settings });
 */
export function defineSettings(host: HostSettings, environment: NodeJS.ProcessEnv = process.env): Settings {
  return loadSettings(environment, { host });
}

/**
 * Parses the environment once, at start; everything else receives the result. The only place that reads `process.env`.
 * @throws AppError `invalid_settings`, naming each variable and what is wrong with it.
 */
export function loadSettings(
  environment: NodeJS.ProcessEnv = process.env,
  overrides: { environment?: Readonly<Record<string, string>>; host?: HostSettings } = {},
): Settings {
  const present = Object.fromEntries(
    Object.entries({ ...variablesOf(overrides.host ?? {}), ...environment, ...overrides.environment }).filter(
      ([, value]) => value !== undefined && value !== '',
    ),
  );
  const parsed = Environment.safeParse(present);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw invalidSettings(problems.join('; '));
  }
  const env = parsed.data;
  const dataDirectory = resolve(env.AUTOMATE_DATA_DIR);
  if (env.DATABASE_URL && !env.AUTOMATE_SECRET_KEY) {
    throw invalidSettings(
      'AUTOMATE_SECRET_KEY must be set (32 bytes or more) when DATABASE_URL is: make one with `openssl rand -base64 48`',
    );
  }
  return {
    http: { port: env.PORT, host: env.HOST },
    database: env.DATABASE_URL
      ? { kind: 'postgres', url: env.DATABASE_URL, poolSize: env.AUTOMATE_DATABASE_POOL }
      : { kind: 'embedded', directory: resolve(dataDirectory, 'database') },
    dataDirectory,
    secretKey: env.AUTOMATE_SECRET_KEY,
    bootstrapToken: env.AUTOMATE_BOOTSTRAP_TOKEN,
    logLevel: env.AUTOMATE_LOG_LEVEL,
    worker: {
      name: `${hostname()}:${process.pid}:${Date.now().toString(36)}`,
      concurrency: env.AUTOMATE_WORKER_CONCURRENCY,
      leaseSeconds: env.AUTOMATE_LEASE_SECONDS,
      shutdownSeconds: env.AUTOMATE_SHUTDOWN_SECONDS,
    },
    idempotencyLockSeconds: env.AUTOMATE_IDEMPOTENCY_LOCK_SECONDS,
    outbound: { allowHosts: env.AUTOMATE_OUTBOUND_ALLOW_HOSTS },
    hasSample: env.AUTOMATE_SAMPLE,
    client: { url: env.AUTOMATE_URL ?? `http://127.0.0.1:${env.PORT}`, token: env.AUTOMATE_TOKEN },
    api: { ...apiSettingsOf(overrides.host?.api ?? {}), ...apiVariables(present) },
  };
}

function apiVariables(environment: Record<string, string | undefined>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith('AUTOMATE_API_') && value !== undefined) found[name.slice('AUTOMATE_API_'.length)] = value;
  }
  return found;
}

function invalidSettings(detail: string): AppError {
  return new AppError({ status: 500, code: 'invalid_settings', title: 'Invalid settings', detail });
}
