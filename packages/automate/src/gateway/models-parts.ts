import type { ApiRouter } from '../api/index.ts';
import type { LimitRule, RoleDeclaration } from '../governance/index.ts';
import type { Model } from '../kernel/index.ts';
import { createBreaker } from '../outbound/index.ts';
import type { Platform } from '../platform/index.ts';
import { createAnswerCache } from './cache/answer-cache.ts';
import { createCallLog } from './calls/call-log.ts';
import type { CallServices } from './calls/call-services.ts';
import { explainFailure } from './calls/explain-failure.ts';
import { createGuards } from './calls/guards.ts';
import { createModelCalls } from './calls/model-calls.ts';
import { createResponses } from './calls/responses.ts';
import { ModelCallModel } from './calls/schemas.ts';
import { SpendView, UnpricedModelsView } from './calls/spend-views.ts';
import { ModelCallViewSet } from './calls/viewsets.ts';
import { createDirectory } from './endpoints/directory.ts';
import { EndpointModel } from './endpoints/schemas.ts';
import { maximumEndpoints } from './endpoints/viewsets.ts';
import { createGuardrailTypes } from './guardrails/guardrail-types.ts';
import { createProviderClients } from './providers/clients.ts';
import { createKindRegistry } from './providers/kinds-registry.ts';
import { createProviderTest } from './providers/probe-provider.ts';
import { createProviderService, maximumProviders } from './providers/provider-service.ts';
import { ProviderModel } from './providers/schemas.ts';
import { TestProviderView } from './providers/trial-view.ts';
import { ProviderViewSet } from './providers/viewsets.ts';
import type { GatewaySettings } from './settings.ts';
import { ChatCompletionsView } from './v1/chat-completions-view.ts';
import { CountTokensView } from './v1/count-tokens-view.ts';
import { EmbeddingsView } from './v1/embeddings-view.ts';
import { ImageEditsView } from './v1/image-edits-view.ts';
import { ImagesView } from './v1/images-view.ts';
import { MessagesView } from './v1/messages-view.ts';
import { ModelsView } from './v1/models-view.ts';
import { ResponseView } from './v1/response-view.ts';
import { ResponsesView } from './v1/responses-view.ts';
import { SpeechView } from './v1/speech-view.ts';
import { TranscriptionsView } from './v1/transcriptions-view.ts';

/** Failures of a provider in a row after which it is left alone for a while. */
const BREAKER = { threshold: 5, openMs: 5_000 };

export const modelModels: readonly Model[] = [ProviderModel, EndpointModel, ModelCallModel];
export const modelPolicies: readonly LimitRule[] = [maximumProviders, maximumEndpoints];

/** What roles may do with models. */
export const modelRoles: readonly RoleDeclaration[] = [
  { resource: 'providers', actions: ['read', 'write'], editor: ['*'], operator: ['read'], viewer: ['read'] },
  { resource: 'endpoints', actions: ['read', 'write', 'run'], editor: ['*'], operator: ['read', 'run'], viewer: ['read'] },
  { resource: 'calls', actions: ['read'], editor: ['read'], operator: ['read'], viewer: ['read'] },
];

export function modelRoutes(router: ApiRouter): ApiRouter {
  return router
    .register('api/v1/providers', ProviderViewSet, { basename: 'provider' })
    .register('api/v1/gateway/calls', ModelCallViewSet, { basename: 'model-call' })
    .view('api/studio/provider-test', TestProviderView, { basename: 'provider-test' })
    .view('api/v1/gateway/spend', SpendView, { basename: 'spend' })
    .view('api/v1/gateway/unpriced-models', UnpricedModelsView, { basename: 'unpriced-model' })
    .view('v1/chat/completions', ChatCompletionsView, { basename: 'openai-chat' })
    .view('v1/messages', MessagesView, { basename: 'anthropic-messages' })
    .view('v1/messages/count_tokens', CountTokensView, { basename: 'anthropic-count-tokens' })
    .view('v1/responses', ResponsesView, { basename: 'openai-responses' })
    .view('v1/responses/{id}', ResponseView, { basename: 'openai-response' })
    .view('v1/embeddings', EmbeddingsView, { basename: 'openai-embeddings' })
    .view('v1/images/generations', ImagesView, { basename: 'openai-images' })
    .view('v1/images/edits', ImageEditsView, { basename: 'openai-image-edits' })
    .view('v1/audio/speech', SpeechView, { basename: 'openai-speech' })
    .view('v1/audio/transcriptions', TranscriptionsView, { basename: 'openai-transcriptions' })
    .view('v1/models', ModelsView, { basename: 'openai-models' });
}

type ModelPlatform = Platform<'outbound' | 'audit' | 'secrets' | 'policies' | 'redactFor' | 'keyring'>;

/** Providers, endpoints, and calls of them. */
export async function createModelParts(
  { db, logger, services, registry }: Pick<ModelPlatform, 'db' | 'logger' | 'services' | 'registry'>,
  settings: GatewaySettings,
  money: Pick<CallServices, 'limits' | 'prices'>,
) {
  const { outbound, audit, secrets, policies, redactFor, keyring } = services;
  const kinds = createKindRegistry(registry.all('providerKinds'));
  const clients = createProviderClients({ kinds, outbound, secrets });
  const directory = await createDirectory({ db });
  const log = createCallLog({ db, logger, redactFor, retentionDays: settings.callRetentionDays });
  const guardrailTypes = createGuardrailTypes(registry.all('guardrails'));
  const guards = createGuards(guardrailTypes);
  const cache = createAnswerCache({ db, logger, redactFor });
  const calls: CallServices = {
    directory,
    clients,
    kinds,
    outbound,
    log,
    guards,
    cache,
    logger,
    breaker: createBreaker(BREAKER),
    ...money,
  };
  const modelResponses = createResponses({ db, calls, retentionDays: settings.callRetentionDays });
  return {
    services: {
      providers: createProviderService({ db, kinds, outbound, policies, secrets, keyring, audit }),
      providerKinds: kinds,
      testProvider: createProviderTest({ kinds, clients, explain: explainFailure }),
      gatewayNews: directory,
      directory,
      guardrailTypes,
      calls,
      modelCalls: createModelCalls(calls),
      modelResponses,
    },
    async sweep() {
      await log.sweep();
      await cache.sweep();
      await modelResponses.sweep();
    },
    async close() {
      await log.close();
      await cache.close();
      await directory.close();
      await clients.close();
    },
  };
}
