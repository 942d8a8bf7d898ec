import { ApiRouter } from '../api/index.ts';
import { createBreaker } from '../outbound/index.ts';
import { defineFeature } from '../platform/index.ts';
import { createCallLog } from './calls/call-log.ts';
import { explainFailure } from './calls/explain-failure.ts';
import { createModelCalls } from './calls/model-calls.ts';
import { ModelCallModel } from './calls/schemas.ts';
import { ModelCallViewSet } from './calls/viewsets.ts';
import { createDirectory } from './endpoints/directory.ts';
import { EndpointModel } from './endpoints/schemas.ts';
import { EndpointViewSet, maximumEndpoints } from './endpoints/viewsets.ts';
import { gatewayCommands } from './commands/commands.ts';
import { gatewayChecks } from './gateway-checks.ts';
import { gatewayRoles } from './gateway-roles.ts';
import { noLimits } from './limits/limits.ts';
import { noPrices } from './prices/prices.ts';
import { createProviderClients } from './providers/clients.ts';
import { remoteKinds } from './providers/kinds/remote-kinds.ts';
import { createKindRegistry } from './providers/kinds-registry.ts';
import { createProviderService, maximumProviders } from './providers/provider-service.ts';
import { ProviderModel } from './providers/schemas.ts';
import { createProviderTest } from './providers/test-provider.ts';
import { ProviderViewSet } from './providers/viewsets.ts';
import { gatewaySettings } from './settings.ts';
import { ChatCompletionsView } from './v1/chat-completions-view.ts';
import { EmbeddingsView } from './v1/embeddings-view.ts';
import { ModelsView } from './v1/models-view.ts';

/** Failures of a provider in a row after which it is left alone for a while. */
const BREAKER = { threshold: 5, openMs: 5_000 };

/** Every model behind one door. */
export const gateway = defineFeature({
  name: 'gateway',
  needs: ['outbound', 'audit', 'secrets', 'policies', 'redactFor', 'keyring', 'jobs', 'throttle', 'engine'],
  provides: ['providers', 'providerKinds', 'testProvider', 'gatewayNews', 'directory', 'calls', 'modelCalls'],
  settings: gatewaySettings,
  migrations: new URL('./migrations/', import.meta.url),
  models: [ProviderModel, EndpointModel, ModelCallModel],
  roles: gatewayRoles,
  commands: gatewayCommands,
  checks: gatewayChecks,
  policies: [maximumProviders, maximumEndpoints],
  providerKinds: remoteKinds,
  routes: () =>
    new ApiRouter()
      .register('api/v1/providers', ProviderViewSet, { basename: 'provider' })
      .register('api/v1/endpoints', EndpointViewSet, { basename: 'endpoint' })
      .register('api/v1/gateway/calls', ModelCallViewSet, { basename: 'model-call' })
      .view('v1/chat/completions', ChatCompletionsView, { basename: 'openai-chat' })
      .view('v1/embeddings', EmbeddingsView, { basename: 'openai-embeddings' })
      .view('v1/models', ModelsView, { basename: 'openai-models' }),
  async create({ db, logger, settings, services, registry }) {
    const { outbound, audit, secrets, policies, redactFor, keyring } = services;
    const kinds = createKindRegistry(registry.all('providerKinds'));
    const clients = createProviderClients({ kinds, outbound, secrets });
    const directory = await createDirectory({ db });
    const log = createCallLog({ db, logger, redactFor, retentionDays: settings.callRetentionDays });
    const limits = noLimits;
    const prices = noPrices;
    const calls = { directory, clients, kinds, outbound, limits, prices, log, breaker: createBreaker(BREAKER) };
    return {
      services: {
        providers: createProviderService({ db, kinds, outbound, policies, secrets, keyring, audit }),
        providerKinds: kinds,
        testProvider: createProviderTest({ kinds, clients, explain: explainFailure }),
        gatewayNews: directory,
        directory,
        calls,
        modelCalls: createModelCalls(calls),
      },
      sweep: () => log.sweep(),
      async close() {
        await log.close();
        await directory.close();
        await clients.close();
      },
    };
  },
});
