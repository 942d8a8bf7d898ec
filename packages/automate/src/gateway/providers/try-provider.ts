import type { z } from 'zod';
import type { AppServices } from '../../api/index.ts';
import { createSecretFinder, hideInJson, invalidInput, isUuid, type Json } from '../../kernel/index.ts';
import type { ProviderReport } from './probe-provider.ts';
import { providersOf, type StoredProvider } from './provider.store.ts';
import type { ProviderTrial } from './schemas.ts';
import './services.ts';
import { keepTest } from './standing.store.ts';

type Trial = z.output<typeof ProviderTrial>;
type Services = Pick<AppServices, 'providers' | 'testProvider' | 'database'>;

interface Asked {
  readonly tenantId: string;
  readonly signal: AbortSignal;
}

/** Tests a provider that is kept, and keeps what came of it. */
export async function testKept(
  { testProvider, database }: Services,
  provider: StoredProvider,
  { tenantId, signal, ...asked }: Asked & Pick<Trial, 'model' | 'task'>,
): Promise<ProviderReport> {
  const report = await testProvider({ tenantId, provider, signal, ...asked });
  const wrong = report.checks.find(({ ok }) => !ok);
  const test = {
    at: new Date().toISOString(),
    ok: report.ok,
    latency_ms: report.latency_ms,
    code: wrong?.code ?? null,
    detail: wrong?.detail ?? null,
  };
  await database.asTenant(tenantId, (transaction) => keepTest(transaction, provider.slug, test));
  return report;
}

/**
 * Tests a provider that is kept, or one as it is to be: what is given is used for this call, and kept nowhere.
 * @throws AppError `invalid_input` for what could not be saved either
 */
export async function tryProvider(services: Services, trial: Trial, asked: Asked): Promise<ProviderReport> {
  const { provider: name, kind, config, api_key: key, secret, model, task } = trial;
  const { tenantId } = asked;
  const kept = name === undefined ? undefined : await findProvider(services, tenantId, name);
  const isChanged = kind !== undefined || config !== undefined || key !== undefined || secret !== undefined;
  if (kept && !isChanged) return testKept(services, kept, { ...asked, model, task });
  const named = key === undefined ? (secret ?? kept?.secret ?? null) : null;
  const draft = {
    slug: kept?.slug ?? 'draft',
    kind: kind ?? kept?.kind ?? '',
    config: config ?? kept?.config ?? {},
    secret: named,
  };
  await services.providers.check(tenantId, { ...draft, api_key: key });
  const provider = { id: kept?.id ?? '', name: draft.slug, is_enabled: true, updated_at: '', ...draft };
  const report = await services.testProvider({ ...asked, provider, model, task, draft: { key } });
  return key === undefined ? report : without(report, key);
}

async function findProvider({ database }: Services, tenantId: string, name: string): Promise<StoredProvider> {
  const all = await database.asTenant(tenantId, (transaction) => providersOf(transaction, tenantId));
  const found = all.find(({ id, slug }) => (isUuid(name) ? id === name.toLowerCase() : slug === name));
  if (!found) throw invalidInput([{ pointer: '/provider', code: 'not_found', message: 'is no provider of yours' }]);
  return found;
}

/** A vendor may repeat the key that it was given. */
function without(report: ProviderReport, key: string): ProviderReport {
  const hide = createSecretFinder({ version: () => 1, values: () => [key] })();
  return hideInJson(report as unknown as Json, hide) as unknown as ProviderReport;
}
