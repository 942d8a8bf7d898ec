import type { LogLevel } from './logger.ts';

export type SettingValue = string | number | boolean | readonly string[];

/** What a host program may set in code. Every one of them has an environment variable, which wins. */
export interface HostSettings {
  readonly http?: { readonly port?: number; readonly host?: string };
  /** `postgres://…`; without it the embedded database is used. */
  readonly database?: string;
  readonly databasePool?: number;
  /** Folder of the embedded database and of local keys. */
  readonly dataDirectory?: string;
  /** 32 bytes or more. Better kept in the environment than in code. */
  readonly secretKey?: string;
  readonly bootstrapToken?: string;
  /** Where people reach this installation, as in `https://automate.example.com`. */
  readonly publicUrl?: string;
  /** Where people go after sign-in and from `/`: a path below the base path. Default: the Studio. */
  readonly landing?: string;
  readonly logLevel?: LogLevel;
  readonly worker?: {
    readonly concurrency?: number;
    /** Tenants, by slug or id, whose jobs are claimed. Default: all. */
    readonly lanes?: readonly string[];
    /** Kinds of jobs that are claimed. Default: all. */
    readonly kinds?: readonly string[];
    readonly leaseSeconds?: number;
    readonly shutdownSeconds?: number;
    /** Most bytes of the input and of the output of a step, and of all of them in an execution. */
    readonly limits?: { readonly stepBytes?: number; readonly executionBytes?: number };
  };
  readonly outbound?: {
    readonly allowHosts?: readonly string[];
    readonly proxyUrl?: string;
    readonly hostRatePerSecond?: number;
  };
  /** Folder that `file://` references to secrets may read. */
  readonly secretsDirectory?: string;
  /** Days that history is kept where no policy says anything (0 is for ever), and how often what is past them is looked for. */
  readonly retention?: { readonly days?: number; readonly sweepSeconds?: number };
  /** Whether workflows may run JavaScript of whoever writes them. */
  readonly hasCodeSteps?: boolean;
  /** Whether the sample automation is set up on first boot. */
  readonly hasSample?: boolean;
  readonly api?: HostApiSettings;
  /** Settings of features by their names: `{ crm: { rowLimit: 50 } }` is `AUTOMATE_CRM_ROW_LIMIT`. */
  readonly features?: Readonly<Record<string, Readonly<Record<string, SettingValue>>>>;
}

/** Settings of the web layer. `pageSize` is `AUTOMATE_API_PAGE_SIZE`, `cors.origins` is `AUTOMATE_API_CORS_ORIGINS`. */
export interface HostApiSettings {
  /** Rows of a page, 1 to 200. Default 25. */
  readonly pageSize?: number;
  /** Most bytes of a body. Default 1 MiB. */
  readonly bodyLimitBytes?: number;
  /** How many proxies of your own stand in front (true is one), or their addresses and networks: whom they saw is the client. */
  readonly trustProxy?: boolean | number | readonly string[];
  readonly cors?: {
    readonly origins?: readonly string[];
    readonly methods?: readonly string[];
    readonly headers?: readonly string[];
    /** Seconds. */
    readonly maxAge?: number;
  };
  /** Settings of the host's own views, by the name they ask for: `{ REPORT_ROWS: 500 }`. */
  readonly custom?: Readonly<Record<string, SettingValue>>;
}

/** Settings in code as the environment would hold them, so that one schema checks both. */
export function variablesOf(host: HostSettings): Record<string, string | undefined> {
  const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));
  return {
    PORT: text(host.http?.port),
    HOST: host.http?.host,
    DATABASE_URL: host.database,
    AUTOMATE_DATABASE_POOL: text(host.databasePool),
    AUTOMATE_DATA_DIR: host.dataDirectory,
    AUTOMATE_SECRET_KEY: host.secretKey,
    AUTOMATE_BOOTSTRAP_TOKEN: host.bootstrapToken,
    AUTOMATE_LANDING: host.landing,
    AUTOMATE_LOG_LEVEL: host.logLevel,
    AUTOMATE_WORKER_CONCURRENCY: text(host.worker?.concurrency),
    AUTOMATE_WORKER_LANES: host.worker?.lanes?.join(','),
    AUTOMATE_WORKER_KINDS: host.worker?.kinds?.join(','),
    AUTOMATE_LEASE_SECONDS: text(host.worker?.leaseSeconds),
    AUTOMATE_SHUTDOWN_SECONDS: text(host.worker?.shutdownSeconds),
    AUTOMATE_STEP_BYTES: text(host.worker?.limits?.stepBytes),
    AUTOMATE_EXECUTION_BYTES: text(host.worker?.limits?.executionBytes),
    AUTOMATE_PUBLIC_URL: host.publicUrl,
    AUTOMATE_SECRETS_DIR: host.secretsDirectory,
    AUTOMATE_OUTBOUND_HOST_RATE: text(host.outbound?.hostRatePerSecond),
    AUTOMATE_OUTBOUND_PROXY: host.outbound?.proxyUrl,
    AUTOMATE_OUTBOUND_ALLOW_HOSTS: host.outbound?.allowHosts?.join(','),
    AUTOMATE_RETENTION_DAYS: text(host.retention?.days),
    AUTOMATE_RETENTION_SWEEP_SECONDS: text(host.retention?.sweepSeconds),
    AUTOMATE_CODE_STEPS: text(host.hasCodeSteps),
    AUTOMATE_SAMPLE: text(host.hasSample),
    ...Object.fromEntries(
      Object.entries(flatten(host.features ?? {}, '')).map(([name, value]) => [`AUTOMATE_${name}`, String(value)]),
    ),
  };
}

/** `{ cors: { maxAge: 5 } }` → `{ CORS_MAX_AGE: 5 }`. */
export function apiSettingsOf({ custom, ...known }: HostApiSettings): Record<string, SettingValue> {
  return { ...flatten(known, ''), ...custom };
}

function flatten(settings: object, prefix: string): Record<string, SettingValue> {
  const flat: Record<string, SettingValue> = {};
  for (const [name, value] of Object.entries(settings)) {
    const constant =
      prefix +
      name
        .replace(/[A-Z]/g, (letter) => `_${letter}`)
        .replaceAll('-', '_')
        .toUpperCase();
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) Object.assign(flat, flatten(value, `${constant}_`));
    else if (value !== undefined) flat[constant] = value as SettingValue;
  }
  return flat;
}
