import { z } from 'zod';
import { AppError, type Logger, parseJson } from '../../../kernel/index.ts';
import { createOutbound } from '../../../outbound/index.ts';
import { secretErrors } from '../errors.ts';
import type { VaultSettings } from '../settings.ts';
import { MAXIMUM_VALUE_BYTES, type SecretBackend } from './backend.ts';

const CACHE_MS = 30_000;
const MAXIMUM_CACHED = 1_000;
const TIMEOUT_MS = 5_000;

/** The reply of `GET /v1/{mount}/data/{path}` of the KV engine, version 2. */
const Found = z.object({ data: z.object({ data: z.record(z.string(), z.unknown()).nullable() }) });

/**
 * `vault://mount/path/of/it#field` is a field of a secret in HashiCorp Vault (KV version 2) or OpenBao, read over HTTP.
 * Values are kept for 30 seconds.
 */
export function vaultBackend(
  vault: VaultSettings | undefined,
  logger: Pick<Logger, 'warn' | 'debug'>,
): SecretBackend & { close(): Promise<void> } {
  // The operator names Vault in the settings, so it may be private; nothing but this client may call it for that.
  const outbound = createOutbound({ logger, policy: { allowHosts: vault ? [new URL(vault.url).host] : [] } });
  const cache = new Map<string, { until: number; data: Promise<Record<string, unknown>> }>();

  async function fetchData(location: string): Promise<Record<string, unknown>> {
    if (!vault) throw secretErrors.secret_unavailable('AUTOMATE_VAULT_URL and AUTOMATE_VAULT_TOKEN are not set.');
    const [mount = '', ...path] = location.split('/');
    const reply = await outbound
      .request({
        url: `${vault.url.replace(/\/+$/, '')}/v1/${mount}/data/${path.join('/')}`,
        headers: {
          'x-vault-token': vault.token,
          'x-vault-request': 'true',
          ...(vault.namespace && { 'x-vault-namespace': vault.namespace }),
        },
        timeoutMs: TIMEOUT_MS,
        maxBytes: 4 * MAXIMUM_VALUE_BYTES,
        followRedirects: false,
      })
      .catch((cause: unknown) => {
        throw secretErrors.secret_unavailable(`Vault does not answer${AppError.is(cause) ? ` (${cause.code})` : ''}.`, { cause });
      });
    if (reply.status === 404) throw secretErrors.secret_not_found(`Vault has no secret at ${location}.`);
    if (reply.status !== 200) throw secretErrors.secret_unavailable(refusal(reply.status));
    const parsed = Found.safeParse(readReply(reply.body));
    if (!parsed.success) throw secretErrors.secret_unavailable('Vault answered with something that is no KV version 2 secret.');
    // A deleted version is there without data.
    if (!parsed.data.data.data) throw secretErrors.secret_not_found(`The secret at ${location} was deleted in Vault.`);
    return parsed.data.data.data;
  }

  function dataOf(location: string): Promise<Record<string, unknown>> {
    const known = cache.get(location);
    if (known && known.until > Date.now()) return known.data;
    const data = fetchData(location);
    cache.delete(location);
    cache.set(location, { until: Date.now() + CACHE_MS, data });
    data.catch(() => cache.delete(location));
    if (cache.size > MAXIMUM_CACHED) cache.delete(cache.keys().next().value as string);
    return data;
  }

  return {
    check: (path) => (PATH.test(path) ? undefined : 'must be like vault://mount/path#field'),
    async read(path) {
      const [, location = '', field = ''] = PATH.exec(path) ?? [];
      const data = await dataOf(location);
      const value = Object.hasOwn(data, field) ? data[field] : undefined;
      if (typeof value !== 'string') throw secretErrors.secret_not_found(`The secret at ${location} has no text field ${field}.`);
      return value;
    },
    close: () => outbound.close(),
  };
}

const PART = '(?!\\.+(?:/|#|$))[\\w.-]+';
const PATH = new RegExp(`^((?=[^#]{1,500}#)${PART}(?:/${PART})+)#([\\w.-]{1,100})$`);

function refusal(status: number): string {
  if (status === 403) return 'Vault does not let this token read the secret (403).';
  if (status === 503) return 'Vault is sealed or in maintenance (503).';
  return `Vault answered with status ${status}.`;
}

function readReply(body: Buffer): unknown {
  try {
    return parseJson(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
