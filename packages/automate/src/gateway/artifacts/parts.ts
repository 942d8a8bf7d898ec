import type { ApiRouter } from '../../api/index.ts';
import type { Db } from '../../db/index.ts';
import type { AuditAction, Keyring, Policies, RoleDeclaration } from '../../governance/index.ts';
import type { Logger, Redactor } from '../../kernel/index.ts';
import { type Artifacts, createArtifacts } from './artifacts.ts';
import { createArtifactLinks } from './links.ts';
import { createPut } from './put.ts';
import { artifactRules } from './rules.ts';
import { ArtifactModel } from './schemas.ts';
import type { ArtifactSettings } from './settings.ts';
import { createStores } from './stores.ts';
import { createSweep } from './sweep.ts';
import { limitsOf } from './upload-room.ts';
import { ArtifactContentView, ArtifactDownloadView, ArtifactViewSet } from './viewsets.ts';

/** What the gateway declares for artifacts. */
export const artifactModels = [ArtifactModel] as const;
export const artifactPolicies = Object.values(artifactRules);
export const artifactRoles: readonly RoleDeclaration[] = [
  { resource: 'artifacts', actions: ['read', 'write'], editor: ['*'], operator: ['*'], viewer: ['read'] },
];
export const artifactActions: readonly AuditAction[] = [{ name: 'artifact.delete', when: 'somebody deleted an artifact' }];

export function artifactRoutes(router: ApiRouter): ApiRouter {
  return router
    .register('api/v1/artifacts', ArtifactViewSet, { basename: 'artifact' })
    .view('api/modal/artifacts/{id}/download', ArtifactDownloadView, { basename: 'artifact-download' })
    .view('api/modal/artifacts/{id}/content', ArtifactContentView, { basename: 'artifact-content' });
}

export interface ArtifactPartsOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly settings: ArtifactSettings;
  readonly dataDirectory: string;
  readonly keyring: Keyring;
  readonly policies: Policies;
  readonly redactFor: (tenantId: string) => Redactor;
  readonly publicUrl: () => string;
}

/** The service of artifacts, and what keeps them in order. */
export function createArtifactParts(options: ArtifactPartsOptions): {
  readonly artifacts: Artifacts;
  sweep(): Promise<void>;
  close(): Promise<void>;
} {
  const { db, logger, settings, keyring, policies, redactFor, publicUrl } = options;
  const stores = createStores(options);
  const limits = limitsOf(policies);
  const maxBytes = settings.artifactsMaxBytes;
  const put = createPut({ db, stores, limits, maxBytes, logger });
  const links = createArtifactLinks(keyring);
  return {
    artifacts: createArtifacts({
      db,
      put,
      stores,
      links,
      redactFor,
      publicUrl,
      linkSeconds: settings.artifactsLinkSeconds,
      limits,
      maxBytes,
    }),
    sweep: createSweep({ db, stores, retentionDays: settings.artifactsRetentionDays || null, logger }),
    close: () => stores.close(),
  };
}
