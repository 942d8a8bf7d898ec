import type { z } from 'zod';
import type { ApiRouter, AppServices, Authenticator, HealthCheck, MaybePromise } from '../api/index.ts';
import type { Db } from '../db/index.ts';
import type { JobHandler } from '../jobs/index.ts';
import type { Settings as CoreSettings, Logger, Model, Principal } from '../kernel/index.ts';
import type { AdminModel } from './admin-model.ts';
import type { CommandDeclaration } from './command.ts';
import type { DoctorContext } from './doctor.ts';
import type { MetricDeclaration } from './metric.ts';
import type { FeatureSettings } from './settings.ts';
import type { StudioPage } from './studio-page.ts';
import type { StudioWizard } from './studio-wizard.ts';

/** A service of the running product, by the name that views know it by: `ctx.services.<name>`. */
export type ServiceName = keyof AppServices;

/**
 * What features declare, in lists: known before anything is created, and shown by `automate features`. Whoever consumes a kind of its own
 * adds it by declaration merging.
 * @example
 * declare module 'automate' {
 *   interface FeatureParts { readonly channels?: readonly Channel[] }
 * }
 */
export interface FeatureParts {
  /** Rows that views serve: their tables are checked at start, and the schema endpoint shows them. */
  readonly models?: readonly Model[];
  readonly jobs?: readonly JobDeclaration[];
  readonly checks?: readonly CheckDeclaration[];
  readonly metrics?: readonly MetricDeclaration[];
  readonly commands?: readonly CommandDeclaration[];
  /** How the admin of the Studio shows models, where it is to differ from what their schemas say. */
  readonly admin?: readonly AdminModel[];
  /** Pages of the Studio. */
  readonly pages?: readonly StudioPage[];
  /** What can be made in the creation wizard of the Studio. */
  readonly wizards?: readonly StudioWizard[];
}

/** A kind of job and what runs it. */
export interface JobDeclaration {
  readonly kind: string;
  /** Called once, when all services are there. */
  handler(services: AppServices): Omit<JobHandler, 'kind'>;
}

/** Something that can be well or not. */
export interface CheckDeclaration {
  readonly name: string;
  /** Part of `/health/ready/`; undefined where it does not apply, as when no worker runs here. */
  ready?(services: AppServices): MaybePromise<HealthCheck | undefined>;
  /** Part of `automate doctor`, which runs with no server in the process. */
  doctor?(context: DoctorContext): MaybePromise<HealthCheck | undefined>;
}

/**
 * A part of the product: ours, of another package, or of the host. Everything it brings is registered here and nowhere else.
 * @typeParam Needs services it takes from others, which are created before it
 * @typeParam Provides services it offers
 */
export interface FeatureDefinition<Needs extends ServiceName, Provides extends ServiceName, Shape extends z.ZodObject>
  extends FeatureParts {
  /** Lower case, digits and `-`; begins the names of its settings. */
  readonly name: string;
  readonly needs?: readonly Needs[];
  readonly provides?: readonly Provides[];
  /** Its settings: `rowLimit` is `AUTOMATE_<NAME>_ROW_LIMIT`, unless its schema has `.meta({ variable: '…' })`, put on last. */
  readonly settings?: Shape;
  /** Whether its parts take the place of others' of the same name, as the host's do. Else that is refused. */
  readonly replaces?: boolean;
  /**
   * Its migrations: a folder of `.sql` files that are applied in the order of their names, after those of the features it needs. The
   * tables go to a schema of the feature's name, `-` being `_`, unless it says another.
   */
  readonly migrations?: URL | FeatureMigrations;
  /** Its routes, by their paths from the root. @param registry what all features declare */
  routes?(registry: Registry): MaybePromise<ApiRouter>;
  /** Makes what it offers and runs. The database may not be reachable, and has no schema yet. */
  create?(platform: Platform<Needs, z.output<Shape>>): MaybePromise<Created<Provides>>;
}

export type PartKind = keyof FeatureParts;
export type PartOf<K extends PartKind> = NonNullable<FeatureParts[K]> extends readonly (infer Part)[] ? Part : never;

/** What all features declare, in the order of the features. */
export interface Registry {
  readonly features: readonly Feature[];
  /** All parts of a kind. @example registry.all('models') */
  all<K extends PartKind>(kind: K): readonly PartOf<K>[];
  /**
   * The same, each by its name.
   * @throws TypeError when two features declare one of the same name, and the later one does not replace
   */
  named<K extends PartKind>(kind: K, nameOf: (part: PartOf<K>) => string): ReadonlyMap<string, PartOf<K>>;
}

/** Where the migrations of a feature are, when it is not simply a folder. */
export interface FeatureMigrations {
  readonly directory: URL | string;
  /** Schema that names without one lead to, made when absent. Undefined: they are all qualified. */
  readonly schema: string | undefined;
}

/** What a feature is created with. */
export interface Platform<Needs extends ServiceName = ServiceName, Settings = Readonly<Record<string, unknown>>> {
  readonly settings: Settings;
  /** Settings of the installation as a whole. */
  readonly core: CoreSettings;
  /** Those of every feature. */
  readonly allSettings: FeatureSettings;
  /** Services of the features before it: those it names in `needs`. */
  readonly services: Pick<Required<AppServices>, Needs>;
  /** All services. @throws TypeError before all features are created */
  allServices(): AppServices;
  readonly registry: Registry;
  readonly db: Db;
  readonly logger: Logger;
  /** Whether work is done in this process. */
  readonly hasWorker: boolean;
  /** Whether to keep an API key in the data directory for the command line. */
  readonly hasLocalKey: boolean;
  /** Fires when closing begins. */
  readonly closing: AbortSignal;
  /** Where people reach this installation; settled once the server listens. */
  publicUrl(): string;
}

/** What `create` returns. Nothing of it is called before all features are created. */
export interface Created<Provides extends ServiceName = ServiceName> {
  readonly services?: Pick<AppServices, Provides>;
  /** Ways to know who is asking, in turn after those of the features before it. */
  readonly authenticators?: readonly Authenticator[];
  /** Called before anything is shown to whoever was recognised; undefined when there is nothing to wait for. */
  onAuthenticated?(principal: Principal): Promise<void> | undefined;
  /** Takes what other features declare, once all of them are created. @throws whatever keeps the product from being made */
  connect?(services: AppServices): void;
  /** Makes what a new installation needs. The schema is there; several processes may run it at once, and again. */
  prepare?(): Promise<void>;
  /** Begins its work, where work is done in this process, once all are prepared. */
  start?(): Promise<void>;
  /** Brings its work to a safe point; the server still answers. */
  stop?(): Promise<void>;
  /** Removes what nobody asks for again; every ten minutes. */
  sweep?(): Promise<void>;
  /** Lets go of everything; the server is closed. */
  close?(): Promise<void>;
}

/** A feature whatever it needs, offers and is set by. */
export type Feature = FeatureDefinition<ServiceName, ServiceName, z.ZodObject>;

/** The same for every copy of the package. */
const BRAND = Symbol.for('automate.feature');

/** Whether this was made with {@link defineFeature}. */
export function isFeature(value: unknown): value is Feature {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/**
 * Declares a feature.
 * @throws TypeError when its name is not lower case, digits and `-`
 * @example
 * export const crm = defineFeature({
 *   name: 'crm',
 *   needs: ['audit'],
 *   settings: z.object({ pageSize: z.coerce.number().int().default(50) }),
 *   routes: () => new ApiRouter().register('api/v1/contacts', ContactViewSet),
 * });
 */
export function defineFeature<
  const Needs extends ServiceName = never,
  const Provides extends ServiceName = never,
  Shape extends z.ZodObject = z.ZodObject<Record<never, never>>,
>(definition: FeatureDefinition<Needs, Provides, Shape>): Feature {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(definition.name))
    throw new TypeError(`A feature's name must be lower case letters, digits and "-": "${definition.name}" is not.`);
  return Object.freeze({ ...definition, [BRAND]: true }) as unknown as Feature;
}
