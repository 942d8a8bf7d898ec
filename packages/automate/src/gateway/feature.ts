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
import { gatewayCommands } from './commands/commands.ts';
import { gatewayChecks } from './gateway-checks.ts';
import { gatewayPages } from './gateway-pages.ts';
import { gatewayTiles } from './gateway-tiles.ts';
import { createLimits } from './limits/limits.ts';
import { limitModels, limitRoles, limitRoutes } from './limits/parts.ts';
import { createEndpointJobs } from './modal/endpoint-jobs.ts';
import { modalJobs, modalRoutes } from './modal/parts.ts';
import { createModelParts, modelModels, modelPolicies, modelRoles, modelRoutes } from './models-parts.ts';
import { priceModels, priceRoles, priceRoutes } from './prices/parts.ts';
import { createPrices } from './prices/prices.ts';
import {
  createPromptParts,
  promptActions,
  promptJobs,
  promptModels,
  promptPages,
  promptRoles,
  promptRoutes,
} from './prompts/parts.ts';
import { remoteKinds } from './providers/kinds/remote-kinds.ts';
import { localKinds } from './providers/local/local-kinds.ts';
import { gatewaySettings } from './settings.ts';
import { agentSteps } from './steps/agent/agent-steps.ts';
import { modelSteps } from './steps/model-steps.ts';

/** Every model behind one door, with prompts, budgets and artifacts. */
export const gateway = defineFeature({
  name: 'gateway',
  needs: ['outbound', 'audit', 'secrets', 'policies', 'redactFor', 'keyring', 'jobs', 'throttle'],
  provides: [
    'providers',
    'providerKinds',
    'testProvider',
    'gatewayNews',
    'directory',
    'guardrailTypes',
    'calls',
    'modelCalls',
    'modelResponses',
    'artifacts',
    'prompts',
    'modelPrices',
    'modelLimits',
    'taskServices',
    'endpointJobs',
  ],
  settings: gatewaySettings.extend(artifactSettings),
  migrations: new URL('./migrations/', import.meta.url),
  models: [...modelModels, ...artifactModels, ...promptModels, ...priceModels, ...limitModels],
  roles: [...modelRoles, ...artifactRoles, ...promptRoles, ...priceRoles, ...limitRoles],
  policies: [...modelPolicies, ...artifactPolicies],
  auditActions: [...artifactActions, ...promptActions],
  jobs: [...promptJobs, ...modalJobs],
  steps: [...modelSteps, ...agentSteps],
  commands: gatewayCommands,
  checks: gatewayChecks,
  pages: [...gatewayPages, ...promptPages],
  tiles: gatewayTiles,
  providerKinds: [...remoteKinds, ...localKinds],
  routes: () => limitRoutes(priceRoutes(promptRoutes(artifactRoutes(modalRoutes(modelRoutes(new ApiRouter())))))),
  async create(platform) {
    const { db, logger, settings, core, services, publicUrl, allServices } = platform;
    const { dataDirectory } = core;
    const modelPrices = createPrices({ db, logger });
    const modelLimits = createLimits({
      db,
      logger,
      // Asked for when something is to be told: the engine is made after the gateway, so that what people come for is shown first.
      events: {
        emit: (transaction, event) => allServices().inProcess.emit(transaction, event),
        announce: () => allServices().inProcess.announce(),
      },
    });
    await Promise.all([modelPrices.start(), modelLimits.start()]);
    const models = await createModelParts(platform, settings, { limits: modelLimits, prices: modelPrices });
    const artifacts = createArtifactParts({ ...services, db, logger, settings, dataDirectory, publicUrl });
    const prompts = await createPromptParts(platform);
    const { calls, modelCalls } = models.services;
    const taskServices = { calls, modelCalls, artifacts: artifacts.artifacts, outbound: services.outbound };
    const { secrets, redactFor, jobs } = services;
    const retentionDays = settings.callRetentionDays;
    const endpointJobs = createEndpointJobs({ db, jobs: () => jobs, services: taskServices, secrets, redactFor, retentionDays });
    return {
      services: {
        ...models.services,
        artifacts: artifacts.artifacts,
        prompts: prompts.prompts,
        modelPrices,
        modelLimits,
        taskServices,
        endpointJobs,
      },
      async sweep() {
        await models.sweep();
        await modelLimits.sweep();
        await endpointJobs.sweep();
        await artifacts.sweep();
      },
      async close() {
        await prompts.close();
        await models.close();
        await modelLimits.close();
        await modelPrices.close();
        await artifacts.close();
      },
    };
  },
});
