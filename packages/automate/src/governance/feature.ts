import { ApiRouter, apiKeyAuthenticator } from '../api/index.ts';
import { enqueue } from '../jobs/index.ts';
import { createTenantRedactors, ensureSecretKey, readLocalKey, writeLocalKey } from '../kernel/index.ts';
import { defineFeature } from '../platform/index.ts';
import { createApiKeys } from './api-keys/api-key.ts';
import { ApiKeyModel } from './api-keys/schemas.ts';
import { ApiKeyViewSet } from './api-keys/viewsets.ts';
import { governanceActions } from './audit/actions.ts';
import { createAudit } from './audit/audit.ts';
import { createHeadLog } from './audit/head-log.ts';
import { AuditModel } from './audit/schemas.ts';
import { AuditViewSet } from './audit/viewsets.ts';
import { governanceCommands } from './commands/commands.ts';
import { createKeyring } from './keyring/keyring.ts';
import { createPolicies } from './policy/policies.ts';
import { policyRulesView } from './policy/rules-view.ts';
import { policySchemas } from './policy/schemas.ts';
import { policyViews } from './policy/viewsets.ts';
import { governanceRoles } from './roles/governance-roles.ts';
import { createRoles } from './roles/roles.ts';
import { RolesView } from './roles/viewsets.ts';
import { governanceRules } from './rules.ts';
import { createMasterKeys } from './secrets/master-keys.ts';
import { MasterKeyViewSet } from './secrets/master-keys.viewsets.ts';
import { ROTATION_KIND, rotationHandler, rotationJob } from './secrets/rotation-job.ts';
import { SecretModel } from './secrets/schemas.ts';
import { createSecrets } from './secrets/secrets.ts';
import { secretSettings, secretSettingsOf } from './secrets/settings.ts';
import { SecretViewSet } from './secrets/viewsets.ts';
import { governancePages } from './studio-pages.ts';
import { ensureTenant } from './tenants/tenant.store.ts';
import { governanceWizards } from './wizards.ts';

/** Roles, keys, secrets, policies, and the record of who did what. */
export const governance = defineFeature({
  name: 'governance',
  needs: ['jobs'],
  provides: ['roles', 'audit', 'keyring', 'policies', 'apiKeys', 'secrets', 'masterKeys', 'redactFor'],
  settings: secretSettings,
  auditActions: governanceActions,
  migrations: { directory: new URL('./migrations/', import.meta.url), schema: undefined },
  commands: governanceCommands,
  models: [ApiKeyModel, SecretModel, AuditModel],
  roles: governanceRoles,
  policies: governanceRules,
  wizards: governanceWizards,
  pages: governancePages,
  jobs: [{ kind: ROTATION_KIND, handler: ({ database, keyring }) => rotationHandler({ db: database, keyring }) }],
  routes(registry) {
    const { PolicyView, TenantPolicyView } = policyViews(policySchemas(registry.all('policies')));
    return new ApiRouter()
      .register('api/v1/api-keys', ApiKeyViewSet, { basename: 'api-key' })
      .register('api/v1/secrets', SecretViewSet, { basename: 'secret' })
      .register('api/v1/master-keys', MasterKeyViewSet, { basename: 'master-key' })
      .view('api/v1/roles', RolesView, { basename: 'roles' })
      .view('api/v1/policy', PolicyView, { basename: 'policy' })
      .view('api/v1/policy/rules', policyRulesView(registry.all('policies')), { basename: 'policy-rules' })
      .view('api/v1/tenants/{id}/policy', TenantPolicyView, { basename: 'tenant-policy' })
      .register('api/v1/audit', AuditViewSet, { basename: 'audit' });
  },
  async create({ db, logger, core, settings, allSettings, hasLocalKey, registry, services }) {
    const rootKey = core.secretKey ?? ensureSecretKey(core.dataDirectory);
    const redactFor = createTenantRedactors();
    const roles = createRoles(registry.all('roles'), registry.all('grants'));
    const keyring = await createKeyring({ db, rootKeys: [rootKey, ...core.previousSecretKeys] });
    const audit = createAudit({ db, key: () => keyring.systemKey('audit'), redactFor, actions: registry.all('auditActions') });
    const headLog = createHeadLog({ db, logger });
    const policies = await createPolicies({ db, logger, audit, rules: registry.all('policies'), settings: allSettings });
    const apiKeys = await createApiKeys({ db, logger, roles });
    const secrets = await createSecrets({ db, keyring, logger, policies, settings: secretSettingsOf(settings, core) });
    const masterKeys = createMasterKeys({
      db,
      keyring,
      audit,
      async start(actor) {
        const [id] = await enqueue(db, [rotationJob(actor)]);
        services.jobs.announce();
        return id as string;
      },
    });
    return {
      services: { roles, audit, keyring, policies, apiKeys, secrets, masterKeys, redactFor },
      authenticators: [apiKeyAuthenticator({ verify: (key) => apiKeys.verify(key) })],
      // Before anything is shown to a tenant, redaction knows its secrets.
      onAuthenticated: ({ tenantId }) => secrets.learn(tenantId),
      async prepare() {
        await keyring.open();
        const { id: tenantId } = await ensureTenant({ db, audit }, 'default', 'Default');
        const everything = { tenantId, scopes: ['*'], isStaff: true };
        if (core.bootstrapToken) await apiKeys.create({ ...everything, name: 'Bootstrap token', value: core.bootstrapToken });
        if (!hasLocalKey) return;
        const known = readLocalKey(core);
        // A key file that outlived its database is taken over rather than left dead.
        const { value } = await apiKeys.create({ ...everything, name: 'Local command line', ...(known ? { value: known } : {}) });
        if (!known) writeLocalKey(core, value);
      },
      sweep: () => headLog.write(),
      async close() {
        await apiKeys.close();
        await secrets.close();
        await policies.close();
        await keyring.close();
      },
    };
  },
});
