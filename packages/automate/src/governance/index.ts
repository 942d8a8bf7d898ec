export { type ApiKeys, createApiKeys, type NewApiKey } from './api-keys/api-key.ts';
export { ApiKeyModel } from './api-keys/schemas.ts';
export { ApiKeyViewSet } from './api-keys/viewsets.ts';
export { auditActorOf } from './audit/actor.ts';
export { type Audit, type AuditActor, type AuditEntry, createAudit } from './audit/audit.ts';
export { createHeadLog } from './audit/head-log.ts';
export { AuditModel } from './audit/schemas.ts';
export { AuditViewSet } from './audit/viewsets.ts';
export { createKeyring, type Keyring } from './keyring/keyring.ts';
export { HomeView, pagesRouter } from './pages/views.ts';
export { createPeople, type People } from './people/create-people.ts';
export { createMailer } from './people/mail.ts';
export { UserModel } from './people/schemas.ts';
export { SessionViewSet } from './people/session.viewsets.ts';
export { SignInViewSet } from './people/sign-in.viewsets.ts';
export { UserViewSet } from './people/user.viewsets.ts';
export { refuseHost } from './policy/host-rules.ts';
export type { EffectiveValue, Layers } from './policy/layers.ts';
export { type Count, createPolicies, type Policies } from './policy/policies.ts';
export type { LimitRule, ListRule, PolicyRule } from './policy/rule.ts';
export { policySchemas } from './policy/schemas.ts';
export { orChange, setBy } from './policy/sentences.ts';
export { refuseBy } from './policy/subject.ts';
export { policyViews } from './policy/viewsets.ts';
export { admitRawPayloads, RawPayloadQuery } from './raw-payloads.ts';
export { redactorOf } from './redaction.ts';
export {
  knownScopes,
  type PermissionName,
  permissions,
  permissionsOf,
  type RoleExtensions,
  type RoleName,
  resources,
  roleNames,
  roles,
  type Scope,
  scopeOf,
  scopesOfRole,
} from './roles/roles.ts';
export { governanceRules } from './rules.ts';
export { rotateMasterKey } from './secrets/master-key-rotation.ts';
export { createMasterKeys, type MasterKeys } from './secrets/master-keys.ts';
export { MasterKeyViewSet } from './secrets/master-keys.viewsets.ts';
export { SecretModel } from './secrets/schemas.ts';
export { existingSecrets } from './secrets/secret.store.ts';
export { createSecrets, type ResolvedSecret, type Secrets } from './secrets/secrets.ts';
export { SecretViewSet } from './secrets/viewsets.ts';
export { SingleSignOnViewSet } from './single-sign-on/viewsets.ts';
export { InvitationModel, MemberModel, TenantModel } from './tenants/schemas.ts';
export { ensureTenant, requireTenant } from './tenants/tenant.store.ts';
export { InvitationViewSet, MemberViewSet, TenantViewSet } from './tenants/viewsets.ts';
