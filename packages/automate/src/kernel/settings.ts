import { hostname } from 'node:os';
import { delimiter, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from './errors.ts';
import { apiSettingsOf, type HostSettings, type SettingValue, variablesOf } from './host-settings.ts';
import { newId } from './ids.ts';
import type { LogLevel } from './logger.ts';
import { setting } from './setting.ts';

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const satisfies readonly LogLevel[];

/** The environment variables of the installation as a whole; features have more of their own. Descriptions are Markdown of `docs/reference`. */
export const Environment = z.object({
  PORT: setting
    .integer({ default: 3000, min: 0, max: 65_535 })
    .meta({ description: 'where `serve` listens', bounds: '0 to 65,535; 0 takes a free port' }),
  HOST: z.string().min(1).default('127.0.0.1').meta({ description: 'address to listen on; `0.0.0.0` for all' }),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
    .optional()
    .meta({ description: 'server mode; without it, embedded mode', bounds: 'starts with `postgres://` or `postgresql://`' }),
  AUTOMATE_DATA_DIR: z
    .string()
    .min(1)
    .default('.automate')
    .meta({ description: 'data directory, below the current directory when relative' }),
  AUTOMATE_SECRET_KEY: z.string().min(32, 'must hold at least 32 bytes').optional().meta({
    description: 'wraps the [master keys](master-keys.md); required with `DATABASE_URL`, and the same for every process',
    bounds: '32 characters or more',
    fallback: 'made in embedded mode',
  }),
  AUTOMATE_SECRET_KEY_PREVIOUS: setting
    .list()
    .refine((keys) => keys.every((key) => key.length >= 32), 'must hold at least 32 bytes each')
    .meta({
      description: 'keys that were in it before ([changing it](../guides/secrets-and-rotation.md#change-automate_secret_key))',
      bounds: 'list, separated by commas; 32 characters or more each',
    }),
  AUTOMATE_BOOTSTRAP_TOKEN: z.string().min(16, 'must hold at least 16 characters').max(512).optional().meta({
    description:
      'makes an [API key](api-keys.md#keys-of-the-installation) with exactly this value: staff, all scopes, tenant `default`',
    bounds: '16 to 512 characters; use 32 random bytes or more',
  }),
  AUTOMATE_PUBLIC_URL: setting.httpUrl().optional().meta({
    description:
      'where people reach the installation, with the path it is mounted under: links and the redirect URL of the provider begin with it, and requests of browsers are compared with it',
    bounds: '`http` or `https` URL',
    fallback: 'where it listens',
  }),
  AUTOMATE_LANDING: z
    .string()
    .regex(/^\/(?!\/)[\w\-.~%/?=#]*$/, 'must be a path of this installation, such as /studio/')
    .optional()
    .meta({
      description: 'where people go after sign-in, and from `/`; one that nothing answers stops the start',
      bounds: 'path of a page of this installation, below the base path',
      fallback: '`/studio/`, without a build `/api/docs/`',
    }),
  AUTOMATE_LOG_LEVEL: z
    .enum(logLevels)
    .default('info')
    .meta({ description: 'log to standard error, one JSON object a line, ECS field names' }),
  AUTOMATE_DATABASE_POOL: setting
    .integer({ default: 12, min: 3, max: 500 })
    .meta({ description: 'connections to the database server, per process' }),
  AUTOMATE_LEASE_SECONDS: z.coerce
    .number()
    .min(1)
    .max(3_600)
    .default(30)
    .meta({ description: 'how long a claimed job is held without a sign of life ([leases](jobs.md#leases))' }),
  AUTOMATE_URL: z
    .url()
    .optional()
    .meta({ description: 'the server that the command line calls', bounds: 'a URL', fallback: '`http://127.0.0.1:$PORT`' }),
  AUTOMATE_TOKEN: z
    .string()
    .optional()
    .meta({ description: 'the key that the command line sends; else the bootstrap token, else the local key' }),
});

/** Settings of the web layer by `<NAME>`: those of the environment variables `AUTOMATE_API_<NAME>`, and what a host set in code. */
export type ApiSettings = Readonly<Record<string, SettingValue>>;

/** The environment wins over the host's options, and the command line over both. */
export type SettingSource = 'environment' | 'options' | 'command_line';

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
  /** Where people reach this installation, as in `https://automate.example.com`; links and cookies depend on it. */
  readonly publicUrl: string | undefined;
  /** Where people go after sign-in and from `/`, below the base path. */
  readonly landing: string | undefined;
  readonly logLevel: LogLevel;
  /** Names this process in leases and notices; unique per start. */
  readonly processName: string;
  /** How long what a process holds stays its own when it gives no sign of life. */
  readonly leaseSeconds: number;
  /** How the command line reaches a running server. */
  readonly client: { readonly url: string; readonly token: string | undefined };
  /** Every variable that is set, for the features that read theirs. */
  readonly variables: Readonly<Record<string, string>>;
  /** Who set each of them, and each `AUTOMATE_API_<NAME>`. */
  readonly sources: Readonly<Record<string, SettingSource>>;
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
  const variables: Record<string, string> = Object.fromEntries(
    Object.entries<string | undefined>({
      ...variablesOf(overrides.host ?? {}),
      ...environment,
      ...overrides.environment,
    }).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
  const parsed = Environment.safeParse(variables);
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
    publicUrl: env.AUTOMATE_PUBLIC_URL?.replace(/\/+$/, ''),
    landing: env.AUTOMATE_LANDING,
    logLevel: env.AUTOMATE_LOG_LEVEL,
    processName: `${hostname()}:${process.pid}:${newId()}`,
    leaseSeconds: env.AUTOMATE_LEASE_SECONDS,
    client: { url: env.AUTOMATE_URL ?? `http://127.0.0.1:${env.PORT}`, token: env.AUTOMATE_TOKEN },
    variables,
    sources: sourcesOf(environment, overrides),
    api: { ...apiSettingsOf(overrides.host?.api ?? {}), ...startingWith('AUTOMATE_API_', variables) },
  };
}

function sourcesOf(
  environment: NodeJS.ProcessEnv,
  { environment: commandLine = {}, host = {} }: { environment?: Readonly<Record<string, string>>; host?: HostSettings },
): Record<string, SettingSource> {
  const api = Object.keys(apiSettingsOf(host.api ?? {})).map((name) => [`AUTOMATE_API_${name}`, 'set'] as const);
  const given = [
    [[...Object.entries(variablesOf(host)), ...api], 'options'],
    [Object.entries(environment), 'environment'],
    [Object.entries(commandLine), 'command_line'],
  ] as const;
  const sources: Record<string, SettingSource> = Object.create(null);
  for (const [entries, source] of given)
    for (const [name, value] of entries) if (value !== undefined && value !== '') sources[name] = source;
  return sources;
}

/** Variables with a prefix, by the rest of their name. */
export function startingWith(prefix: string, variables: Readonly<Record<string, string>>): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(variables)) if (name.startsWith(prefix)) found[name.slice(prefix.length)] = value;
  return found;
}

/** The modules that `AUTOMATE_FEATURES` names: they are loaded before anything else is known. */
export function featureNames(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  return setting.list().parse(environment.AUTOMATE_FEATURES ?? '');
}

/** The folders in which programs are looked for; empty where `PATH` is. */
export function programFolders(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  return (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
}

function invalidSettings(detail: string): AppError {
  return new AppError({ status: 500, code: 'invalid_settings', title: 'Invalid settings', detail });
}
