import type { Db } from '../db/index.ts';
import type { ModelStore, Redactor } from '../kernel/index.ts';
import type { ApiKeys } from './api-keys/api-key.ts';
import type { Audit } from './audit/audit.ts';
import type { Keyring } from './keyring/keyring.ts';
import type { People } from './people/people.ts';
import type { Policies } from './policy/policies.ts';
import type { Roles } from './roles/roles.ts';
import type { MasterKeys } from './secrets/master-keys.ts';
import type { Secrets } from './secrets/secrets.ts';
import type { SingleSignOn } from './single-sign-on/single-sign-on.ts';
import type { Invitations } from './tenants/invitations.ts';

declare module '../api/index.ts' {
  interface AppServices {
    readonly database: Db;
    readonly people: People;
    readonly invitations: Invitations;
    /** Undefined without a provider in the settings. */
    readonly singleSignOn: SingleSignOn | undefined;
    /** Models that belong to the installation and to no tenant; for staff. */
    readonly operatorModels: ModelStore;
    readonly audit: Audit;
    readonly apiKeys: ApiKeys;
    readonly keyring: Keyring;
    /** What roles may do. */
    readonly roles: Roles;
    readonly secrets: Secrets;
    /** What tenants may do. */
    readonly policies: Policies;
    readonly masterKeys: MasterKeys;
    /** Takes secrets out of what is shown to a tenant, its own ones included. */
    readonly redactFor: (tenantId: string) => Redactor;
  }
}
