import type { ResolvedSecret, Secrets } from '../../governance/index.ts';
import { AppError, hideInJson, hideSecrets, type Json } from '../../kernel/index.ts';
import { StepError, type StepScope } from './step-type.ts';

/** The secrets of one attempt of a step. They are in memory while it runs and nowhere else. */
export interface StepSecrets {
  /** What the step works with. */
  readonly scope: StepScope;
  /** The same with placeholders in place of the values: what is stored and shown of its input comes from it. */
  readonly shownScope: StepScope;
  /** The values' hosts, one list for each secret. */
  readonly hosts: readonly (readonly string[])[];
  /** Takes the values out of what the step leaves behind. */
  hide<Value extends Json>(value: Value): Value;
}

/** @throws StepError when a secret is not there; retryable when it cannot be read at the moment */
export async function openSecrets(
  secrets: Secrets,
  { tenantId, names, scope }: { tenantId: string; names: readonly string[]; scope: StepScope },
): Promise<StepSecrets> {
  const found = await resolve(secrets, tenantId, names);
  const hide = hideSecrets(found.map(({ value }) => value));
  const byName = (read: (secret: ResolvedSecret) => string) =>
    Object.fromEntries(found.map((secret) => [secret.name, read(secret)]));
  return {
    scope: { ...scope, secrets: byName(({ value }) => value) },
    shownScope: { ...scope, secrets: byName(({ name }) => `[secret ${name}]`) },
    hosts: found.map((secret) => secret.hosts),
    hide: (value) => hideInJson(value, hide) as typeof value,
  };
}

const FINAL = ['secret_not_found', 'sealed_value_damaged'];

async function resolve(secrets: Secrets, tenantId: string, names: readonly string[]): Promise<ResolvedSecret[]> {
  try {
    return await secrets.resolve(tenantId, names);
  } catch (error) {
    if (!AppError.is(error)) throw error;
    const isFinal = FINAL.includes(error.code) || error.code.startsWith('policy_');
    throw new StepError({ code: error.code, detail: error.message, isRetryable: !isFinal, cause: error });
  }
}
