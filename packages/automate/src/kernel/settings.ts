import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from './errors.ts';
import { apiSettingsOf, type HostSettings, type SettingValue, variablesOf } from './host-settings.ts';
import { newId } from './ids.ts';
import type { LogLevel } from './logger.ts';

const integer = (fallback: number, minimum: number, maximum: number) =>
  z.coerce.number().int().min(minimum).max(maximum).default(fallback);
const MEBIBYTE = 1_048_576;
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
  AUTOMATE_SECRET_KEY_PREVIOUS: list.refine((keys) => keys.every((key) => key.length >= 32), 'must hold at least 32 bytes each'),
  AUTOMATE_BOOTSTRAP_TOKEN: z.string().min(16, 'must hold at least 16 characters').max(512).optional(),
  AUTOMATE_BOOTSTRAP_EMAIL: z.email().optional(),
  AUTOMATE_BOOTSTRAP_PASSWORD: z.string().min(12, 'must hold at least 12 characters').max(1_024).optional(),
  AUTOMATE_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  AUTOMATE_LANDING: z
    .string()
    .regex(/^\/(?!\/)[\w\-.~%/?=#]*$/, 'must be a path of this installation, such as /account/')
    .optional(),
  AUTOMATE_LOG_LEVEL: z.enum(logLevels).default('info'),
  AUTOMATE_DATABASE_POOL: integer(12, 3, 500),
  AUTOMATE_WORKER_CONCURRENCY: integer(500, 1, 10_000),
  AUTOMATE_WORKER_LANES: list,
  AUTOMATE_WORKER_KINDS: list,
  AUTOMATE_LEASE_SECONDS: z.coerce.number().min(1).max(3_600).default(30),
  AUTOMATE_STEP_BYTES: integer(16 * MEBIBYTE, 65_536, 64 * MEBIBYTE),
  AUTOMATE_EXECUTION_BYTES: integer(256 * MEBIBYTE, 65_536, 16_384 * MEBIBYTE),
  AUTOMATE_SHUTDOWN_SECONDS: z.coerce.number().min(0).max(600).default(25),
  AUTOMATE_IDEMPOTENCY_LOCK_SECONDS: integer(60, 1, 3_600),
  AUTOMATE_RETENTION_DAYS: integer(30, 0, 36_500),
  AUTOMATE_RETENTION_SWEEP_SECONDS: integer(600, 1, 86_400),
  AUTOMATE_RETENTION_GRACE_DAYS: integer(31, 0, 366),
  AUTOMATE_OUTBOUND_ALLOW_HOSTS: list,
  AUTOMATE_OUTBOUND_HOST_RATE: integer(100, 0, 100_000),
  AUTOMATE_OUTBOUND_PROXY: z.url({ protocol: /^https?$/ }).optional(),
  AUTOMATE_SECRETS_DIR: z.string().min(1).optional(),
  AUTOMATE_VAULT_URL: z.url({ protocol: /^https?$/ }).optional(),
  AUTOMATE_VAULT_TOKEN: z.string().min(1).optional(),
  AUTOMATE_VAULT_NAMESPACE: z.string().min(1).optional(),
  AUTOMATE_OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  AUTOMATE_OIDC_CLIENT_ID: z.string().min(1).optional(),
  AUTOMATE_OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  AUTOMATE_OIDC_NAME: z.string().min(1).max(60).default('Single sign-on'),
  AUTOMATE_OIDC_TRUST_EMAIL: z.stringbool().default(false),
  AUTOMATE_SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  AUTOMATE_MAIL_FROM: z.string().min(3).default('Automate <automate@localhost>'),
  AUTOMATE_CODE_STEPS: z.stringbool().default(false),
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
  /** Keys that were in `secretKey` before: what they wrap can still be read, and is wrapped anew. */
  readonly previousSecretKeys: readonly string[];
  readonly bootstrapToken: string | undefined;
  /** The first staff user, made when there is no user yet. */
  readonly bootstrapUser: { readonly email: string; readonly password: string } | undefined;
  /** Where people reach this installation, as in `https://automate.example.com`; links and cookies depend on it. */
  readonly publicUrl: string | undefined;
  /** Where people go after sign-in and from `/`, below the base path. */
  readonly landing: string | undefined;
  readonly logLevel: LogLevel;
  readonly worker: {
    /** Names this process in leases; unique per start. */
    readonly name: string;
    readonly concurrency: number;
    /** Tenants, by slug or id, whose jobs it claims; empty: those of all. */
    readonly lanes: readonly string[];
    /** The kinds of jobs that it claims; empty: all. */
    readonly kinds: readonly string[];
    readonly leaseSeconds: number;
    readonly shutdownSeconds: number;
    /** Most bytes of the input and of the output of a step, and of all of them in an execution, about as many as they have as JSON. */
    readonly limits: { readonly stepBytes: number; readonly executionBytes: number };
  };
  /** How long the `Idempotency-Key` of a running request is held without a sign of life. */
  readonly idempotencyLockSeconds: number;
  readonly retention: {
    /** How long history is kept where no policy says anything; null is for ever. */
    readonly days: number | null;
    /** How often what is past its time is looked for. */
    readonly sweepSeconds: number;
    /** How long steps of deleted executions may lie in the database until their month is dropped as a whole. */
    readonly graceDays: number;
  };
  readonly outbound: {
    readonly allowHosts: readonly string[];
    /** Every outgoing call goes through this proxy, which resolves names itself. */
    readonly proxyUrl: string | undefined;
    /** Requests a second to one host from one process; 0 is no limit. */
    readonly hostRatePerSecond: number;
  };
  readonly secrets: {
    /** Folder that no reference may read: it holds our own key. */
    readonly ownDirectory: string;
    /** Folder that `file://` references may read, and nothing outside of it. */
    readonly directory: string | undefined;
    readonly vault: { readonly url: string; readonly token: string; readonly namespace: string | undefined } | undefined;
    /** Values of `AUTOMATE_SECRET_<NAME>` by `<NAME>`. */
    readonly environment: Readonly<Record<string, string>>;
  };
  /** The OpenID provider that people may sign in with. */
  readonly oidc:
    | {
        readonly issuer: string;
        readonly clientId: string;
        readonly clientSecret: string;
        /** As people know it. */
        readonly name: string;
        /** Whether an address counts as verified of which the provider does not say whether it is. */
        readonly trustsEmail: boolean;
      }
    | undefined;
  readonly mail: { readonly smtpUrl: string | undefined; readonly from: string };
  /** Whether workflows may run JavaScript of whoever writes them. */
  readonly hasCodeSteps: boolean;
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
    previousSecretKeys: env.AUTOMATE_SECRET_KEY_PREVIOUS,
    bootstrapToken: env.AUTOMATE_BOOTSTRAP_TOKEN,
    bootstrapUser: bootstrapUserOf(env),
    publicUrl: env.AUTOMATE_PUBLIC_URL?.replace(/\/+$/, ''),
    landing: env.AUTOMATE_LANDING,
    logLevel: env.AUTOMATE_LOG_LEVEL,
    worker: {
      name: `${hostname()}:${process.pid}:${newId()}`,
      concurrency: env.AUTOMATE_WORKER_CONCURRENCY,
      lanes: [...new Set(env.AUTOMATE_WORKER_LANES)],
      kinds: [...new Set(env.AUTOMATE_WORKER_KINDS)],
      leaseSeconds: env.AUTOMATE_LEASE_SECONDS,
      shutdownSeconds: env.AUTOMATE_SHUTDOWN_SECONDS,
      limits: { stepBytes: env.AUTOMATE_STEP_BYTES, executionBytes: env.AUTOMATE_EXECUTION_BYTES },
    },
    idempotencyLockSeconds: env.AUTOMATE_IDEMPOTENCY_LOCK_SECONDS,
    retention: {
      days: env.AUTOMATE_RETENTION_DAYS || null,
      sweepSeconds: env.AUTOMATE_RETENTION_SWEEP_SECONDS,
      graceDays: env.AUTOMATE_RETENTION_GRACE_DAYS,
    },
    outbound: {
      allowHosts: env.AUTOMATE_OUTBOUND_ALLOW_HOSTS,
      proxyUrl: env.AUTOMATE_OUTBOUND_PROXY,
      hostRatePerSecond: env.AUTOMATE_OUTBOUND_HOST_RATE,
    },
    secrets: {
      ownDirectory: dataDirectory,
      directory: env.AUTOMATE_SECRETS_DIR && resolve(env.AUTOMATE_SECRETS_DIR),
      vault: vaultOf(env),
      environment: startingWith('AUTOMATE_SECRET_', present, RESERVED),
    },
    oidc: oidcOf(env),
    mail: { smtpUrl: env.AUTOMATE_SMTP_URL, from: env.AUTOMATE_MAIL_FROM },
    hasCodeSteps: env.AUTOMATE_CODE_STEPS,
    hasSample: env.AUTOMATE_SAMPLE,
    client: { url: env.AUTOMATE_URL ?? `http://127.0.0.1:${env.PORT}`, token: env.AUTOMATE_TOKEN },
    api: { ...apiSettingsOf(overrides.host?.api ?? {}), ...startingWith('AUTOMATE_API_', present) },
  };
}

/** Names that begin like those of secrets and are settings. */
const RESERVED = ['AUTOMATE_SECRET_KEY', 'AUTOMATE_SECRET_KEY_PREVIOUS'];

/** Variables with a prefix, by the rest of their name. */
function startingWith(
  prefix: string,
  environment: Record<string, string | undefined>,
  except: readonly string[] = [],
): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(environment)) {
    if (name.startsWith(prefix) && value !== undefined && !except.includes(name)) found[name.slice(prefix.length)] = value;
  }
  return found;
}

type Env = z.output<typeof Environment>;

function bootstrapUserOf({
  AUTOMATE_BOOTSTRAP_EMAIL: email,
  AUTOMATE_BOOTSTRAP_PASSWORD: password,
}: Env): Settings['bootstrapUser'] {
  if (email && password) return { email, password };
  if (email || password) throw invalidSettings('AUTOMATE_BOOTSTRAP_EMAIL and AUTOMATE_BOOTSTRAP_PASSWORD must be set together');
  return undefined;
}

function vaultOf(env: Env): Settings['secrets']['vault'] {
  const { AUTOMATE_VAULT_URL: url, AUTOMATE_VAULT_TOKEN: token, AUTOMATE_VAULT_NAMESPACE: namespace } = env;
  if (url && token) return { url, token, namespace };
  if (url || token) throw invalidSettings('AUTOMATE_VAULT_URL and AUTOMATE_VAULT_TOKEN must be set together');
  return undefined;
}

function oidcOf(env: Env): Settings['oidc'] {
  const { AUTOMATE_OIDC_ISSUER: issuer, AUTOMATE_OIDC_CLIENT_ID: clientId, AUTOMATE_OIDC_CLIENT_SECRET: clientSecret } = env;
  if (issuer && clientId && clientSecret) {
    if (!issuer.startsWith('https:') && !isThisMachine(new URL(issuer).hostname))
      throw invalidSettings('AUTOMATE_OIDC_ISSUER must start with https://: whoever stands between could sign in as anybody');
    return { issuer, clientId, clientSecret, name: env.AUTOMATE_OIDC_NAME, trustsEmail: env.AUTOMATE_OIDC_TRUST_EMAIL };
  }
  if (issuer || clientId || clientSecret) {
    throw invalidSettings('AUTOMATE_OIDC_ISSUER, AUTOMATE_OIDC_CLIENT_ID and AUTOMATE_OIDC_CLIENT_SECRET must be set together');
  }
  return undefined;
}

function isThisMachine(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
}

function invalidSettings(detail: string): AppError {
  return new AppError({ status: 500, code: 'invalid_settings', title: 'Invalid settings', detail });
}
