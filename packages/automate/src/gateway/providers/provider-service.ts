import { toInputIssues } from '../../api/index.ts';
import type { Db } from '../../db/index.ts';
import {
  type Audit,
  type AuditActor,
  existingSecrets,
  type Keyring,
  type LimitRule,
  type Policies,
  SecretModel,
  SecretService,
  type Secrets,
} from '../../governance/index.ts';
import { AppError, type InputIssue, invalidInput, type JsonObject, type ModelStore } from '../../kernel/index.ts';
import type { Outbound } from '../../outbound/index.ts';
import type { KindRegistry } from './kinds-registry.ts';
import { hostPatternOf } from './provider-key.ts';
import type { ProviderKind } from './provider-kind.ts';

export const maximumProviders: LimitRule = {
  kind: 'limit',
  name: 'max_providers',
  description: 'Providers of models',
  minimum: 0,
  maximum: 10_000,
  noun: 'providers',
};

export interface ProviderServiceOptions {
  readonly db: Db;
  readonly kinds: KindRegistry;
  readonly outbound: Pick<Outbound, 'checkText'>;
  readonly policies: Policies;
  readonly secrets: Secrets;
  readonly keyring: Keyring;
  readonly audit: Audit;
}

/** What a provider is to be, as a client says it. */
export interface GivenProvider {
  readonly slug: string;
  readonly kind: string;
  readonly config: JsonObject;
  readonly api_key?: string | undefined;
  readonly secret?: string | null | undefined;
}

/** Decides what may be a provider, and keeps its key. */
export interface ProviderService {
  /** @returns the configuration as it is stored, and where it is called. @throws AppError `invalid_input`, `policy_host_denied` */
  check(tenantId: string, given: GivenProvider): Promise<{ readonly config: JsonObject; readonly url: URL | undefined }>;
  /** Seals a key as a secret that goes to the provider's host only. @returns the name of the secret */
  keep(
    actor: AuditActor,
    key: { readonly slug: string; readonly value: string; readonly url: URL },
    models: ModelStore,
  ): Promise<string>;
}

export function createProviderService(options: ProviderServiceOptions): ProviderService {
  const { db, kinds, outbound, policies, secrets, keyring, audit } = options;

  return {
    async check(tenantId, given) {
      const kind = kinds.get(given.kind);
      if (!kind)
        throw invalidInput([
          {
            pointer: '/kind',
            code: 'unknown_kind',
            message: 'is no kind of provider',
            known: kinds.all.map(({ kind: name }) => name),
          },
        ]);
      const parsed = kind.config.safeParse(given.config);
      if (!parsed.success) throw invalidInput(toInputIssues(parsed.error, '/config'));
      const url = urlOf(kind, parsed.data, outbound);
      if (url) await policies.requireHost(tenantId, url);
      const issues = await keyIssues(tenantId, kind, given);
      if (issues.length > 0) throw invalidInput(issues);
      return { config: given.config, url };
    },
    async keep(actor, { slug, value, url }, models) {
      const service = new SecretService({ db, keyring, secrets, audit, policies }, actor);
      const name = secretNameOf(slug);
      const hosts = [hostPatternOf(url)];
      const filters = [{ column: 'name', operator: 'exact' as const, value: name }];
      const order = [{ column: 'id', descending: false }];
      const [existing] = await models.list(SecretModel, { filters, order, limit: 1 }, { tenantId: actor.tenantId });
      if (existing) {
        // The value first: the old one must not go to a new host.
        await service.rotate(existing, value);
        await service.update(existing, { hosts });
      } else await service.create({ name, value, hosts, description: `Key of the provider ${slug}` });
      return name;
    },
  };

  async function keyIssues(tenantId: string, kind: ProviderKind, given: GivenProvider): Promise<InputIssue[]> {
    const { api_key: key, secret } = given;
    if (key !== undefined && secret)
      return [{ pointer: '/secret', code: 'one_of', message: 'cannot stand beside `api_key`: give one of them' }];
    if (kind.key === 'none' && (key !== undefined || secret))
      return [{ pointer: key === undefined ? '/secret' : '/api_key', code: 'not_used', message: `${kind.title} has no key` }];
    if (kind.key === 'required' && key === undefined && !secret)
      return [{ pointer: '/api_key', code: 'required', message: `${kind.title} wants a key` }];
    if (!secret) return [];
    const names = await db.asTenant(tenantId, (transaction) => existingSecrets(transaction, [secret]));
    return names.includes(secret) ? [] : [{ pointer: '/secret', code: 'not_found', message: 'is no secret of yours' }];
  }
}

/** The secret in which the key of a provider is kept that was given by itself. */
function secretNameOf(slug: string): string {
  return `PROVIDER_${slug.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

function urlOf(kind: ProviderKind, config: Record<string, unknown>, outbound: Pick<Outbound, 'checkText'>): URL | undefined {
  const text = kind.url?.(config);
  if (text === undefined) return undefined;
  const pointer = 'base_url' in config ? '/config/base_url' : '/config';
  if (!URL.canParse(text)) throw invalidInput([{ pointer, code: 'invalid_url', message: 'must be an absolute http(s) URL' }]);
  try {
    outbound.checkText(text);
  } catch (error) {
    if (!AppError.is(error)) throw error;
    throw invalidInput([{ pointer, code: error.code, message: error.detail ?? error.title }]);
  }
  return new URL(text);
}
