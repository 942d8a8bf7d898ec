import { ApiRouter } from '../api/index.ts';
import { defineFeature } from '../platform/index.ts';
import { createPromptParts, promptActions, promptJobs, promptModels, promptRoles, promptRoutes } from './prompts/parts.ts';
import { gatewaySettings } from './settings.ts';

/** Every model behind one door. */
export const gateway = defineFeature({
  name: 'gateway',
  needs: ['outbound', 'audit', 'secrets', 'policies', 'redactFor', 'keyring', 'jobs', 'throttle', 'engine'],
  provides: ['prompts'],
  models: promptModels,
  roles: promptRoles,
  auditActions: promptActions,
  jobs: promptJobs,
  settings: gatewaySettings,
  migrations: new URL('./migrations/', import.meta.url),
  routes: () => promptRoutes(new ApiRouter()),
  async create(platform) {
    const { prompts, close } = await createPromptParts(platform);
    return { services: { prompts }, close };
  },
});
