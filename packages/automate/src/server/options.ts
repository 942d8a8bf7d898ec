import type { ApiRouter, Authenticator, BaseViewSet } from '../api/index.ts';
import type { HookListeners, StepType } from '../engine/index.ts';
import type { RoleExtensions } from '../governance/index.ts';
import type { JobHandler } from '../jobs/index.ts';
import type { Logger, Model, Settings } from '../kernel/index.ts';
import type { AdminModel, Feature, StudioPage } from '../platform/index.ts';

export interface AutomateOptions {
  /** Default: read from the environment. */
  readonly settings?: Settings;
  readonly logger?: Logger;
  /** `postgres://…`, or the folder of an embedded database. Default: what the settings say. */
  readonly database?: string;
  /** Features of other packages, and the host's own. @example [crm] */
  readonly features?: readonly Feature[];
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
  /** The host's own step types; one of the name of a built-in one replaces it. */
  readonly steps?: readonly StepType[];
  /** What runs the host's own kinds of jobs. */
  readonly jobs?: readonly JobHandler[];
  /** The host's own pages of the Studio. */
  readonly pages?: readonly StudioPage[];
  /** How the admin of the Studio shows models, where it is to differ from what their schemas say. @example [adminOf(OrderModel, { list: ['number', 'status'] })] */
  readonly admin?: readonly AdminModel[];
  /** Called, in this process, after what they are about has been committed: at most once, and never by another process. */
  readonly hooks?: Partial<HookListeners>;
  /** Whether this process dispatches events and runs executions. Default true. */
  readonly hasWorker?: boolean;
  /** Whether to bring the database schema up to date first. Default: in embedded mode only. */
  readonly migrates?: boolean;
  /** Whether to keep an API key in the data directory for the command line. Default: in embedded mode only. */
  readonly hasLocalKey?: boolean;
}
