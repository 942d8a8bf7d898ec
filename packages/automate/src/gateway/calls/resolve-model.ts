import type { Listing } from '../endpoints/directory.ts';
import type { StoredEndpoint } from '../endpoints/endpoint.store.ts';
import type { Target } from '../endpoints/schemas.ts';
import { gatewayErrors } from '../errors.ts';
import type { StoredProvider } from '../providers/provider.store.ts';
import { providerTask, type Task } from '../tasks.ts';
import type { Caller } from './caller.ts';

/** Whom a request is for. */
export interface ResolvedModel {
  /** Null where the request named a provider's model itself. */
  readonly endpoint: StoredEndpoint | null;
  readonly targets: readonly ResolvedTarget[];
}

export interface ResolvedTarget extends Pick<Target, 'model' | 'priority' | 'weight'> {
  readonly provider: StoredProvider;
}

/**
 * Finds what a `model` names: an endpoint's slug, id or alias, or `provider/model`.
 * @throws AppError `model_not_found`, `task_not_allowed`, `no_provider`, `provider_disabled`
 */
export function resolveModel(listing: Listing, caller: Caller, model: string, task: Task): ResolvedModel {
  const endpoint = listing.endpoint(model);
  if (endpoint) return ofEndpoint(listing, caller, endpoint, task);
  const slash = model.indexOf('/');
  const provider = slash > 0 ? listing.providers.get(model.slice(0, slash)) : undefined;
  if (!provider || slash === model.length - 1) throw unknownModel(listing, caller, model);
  if (!provider.is_enabled) throw gatewayErrors.provider_disabled(`The provider "${provider.slug}" is switched off.`);
  return { endpoint: null, targets: [{ provider, model: model.slice(slash + 1), priority: 0, weight: 1 }] };
}

/** Whether an endpoint is open to whoever asks. */
export function isOpenTo(endpoint: StoredEndpoint, { apiKeyId }: Caller): boolean {
  const keys = endpoint.access.api_keys;
  return !keys || keys.length === 0 || (apiKeyId !== null && keys.includes(apiKeyId));
}

function ofEndpoint(listing: Listing, caller: Caller, endpoint: StoredEndpoint, task: Task): ResolvedModel {
  // As if it were not there: what somebody may not use need not be known to them.
  if (!isOpenTo(endpoint, caller)) throw unknownModel(listing, caller, endpoint.slug);
  if (!endpoint.is_enabled) throw gatewayErrors.provider_disabled(`The endpoint "${endpoint.slug}" is switched off.`);
  if (!endpoint.tasks.some((own) => own === task || providerTask(own) === task))
    throw gatewayErrors.task_not_allowed(`The endpoint "${endpoint.slug}" is for ${endpoint.tasks.join(', ')}, not for ${task}.`);
  const targets = endpoint.targets.flatMap(({ provider: slug, model, priority, weight }): ResolvedTarget[] => {
    const provider = listing.providers.get(slug);
    return provider?.is_enabled ? [{ provider, model, priority, weight }] : [];
  });
  if (targets.length === 0)
    throw gatewayErrors.no_provider(
      `No provider of the endpoint "${endpoint.slug}" is switched on: ${endpoint.targets.map(({ provider }) => provider).join(', ')}.`,
    );
  return { endpoint, targets };
}

function unknownModel({ endpoints, providers }: Listing, caller: Caller, model: string) {
  const open = endpoints.filter((endpoint) => isOpenTo(endpoint, caller)).map(({ slug }) => slug);
  const known = open.length > 0 ? `Endpoints: ${open.slice(0, 10).join(', ')}.` : 'There is no endpoint yet.';
  const direct = providers.size > 0 ? ` Or name a provider and its model, such as "${[...providers.keys()][0]}/…".` : '';
  return gatewayErrors.model_not_found(`There is no model "${model.slice(0, 100)}". ${known}${direct}`);
}
