import { ApiRouter } from '../api/index.ts';
import { defineFeature } from '../platform/index.ts';
import {
  artifactActions,
  artifactModels,
  artifactPolicies,
  artifactRoles,
  artifactRoutes,
  createArtifactParts,
} from './artifacts/parts.ts';
import { artifactSettings } from './artifacts/settings.ts';
import { gatewaySettings } from './settings.ts';

/** Every model behind one door. */
export const gateway = defineFeature({
  name: 'gateway',
  needs: ['outbound', 'audit', 'secrets', 'policies', 'redactFor', 'keyring', 'jobs', 'throttle', 'engine'],
  provides: ['artifacts'],
  settings: gatewaySettings.extend(artifactSettings),
  models: [...artifactModels],
  roles: [...artifactRoles],
  policies: [...artifactPolicies],
  auditActions: [...artifactActions],
  migrations: new URL('./migrations/', import.meta.url),
  routes: () => artifactRoutes(new ApiRouter()),
  create({ db, logger, settings, core, services, publicUrl }) {
    const { dataDirectory } = core;
    const { artifacts, sweep, close } = createArtifactParts({ ...services, db, logger, settings, dataDirectory, publicUrl });
    return { services: { artifacts }, sweep, close };
  },
});
