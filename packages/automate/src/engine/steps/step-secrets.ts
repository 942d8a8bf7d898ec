import type { ResolvedSecret, Secrets } from '../../governance/index.ts';
import { AppError, createSecretFinder, hideInJson, type Json, type Logger, toStorableJson } from '../../kernel/index.ts';
import { noteMade, watchSecrets } from '../templates/derived-secrets.ts';
import { StepError } from './step-error.ts';

/** The secrets of one attempt of a step. They are in memory while it runs and nowhere else. */
export interface StepSecrets {
  /** What the step works with, by name. */
  readonly values: Readonly<Record<string, string>>;
  /** The same with placeholders: what is stored and shown of its input comes from them. */
  readonly placeholders: Readonly<Record<string, string>>;
  /** The values' hosts, one list for each secret. */
  readonly hosts: readonly (readonly string[])[];
  /** Takes the values, and what templates made of them, out of what the step leaves behind. */
  hide<Value extends Json>(value: Value): Value;
  /** Notes a text that the step made of a value, so that it is taken out too. @throws Error when there are too many */
  note(made: string): void;
}

/** @throws StepError when a secret is not there; retryable when it cannot be read at the moment */
export async function openSecrets(
  secrets: Secrets,
  { tenantId, names }: { tenantId: string; names: readonly string[] },
): Promise<StepSecrets> {
  const found = await resolve(secrets, tenantId, names);
  const byName = (read: (secret: ResolvedSecret) => string) =>
    Object.fromEntries(found.map((secret) => [secret.name, read(secret)]));
  const values = byName(({ value }) => value);
  const watched = watchSecrets(values);
  const hide = createSecretFinder({ version: () => watched.size, values: () => [...watched].flatMap(casesOf) });
  return {
    values,
    placeholders: byName(({ name }) => `[secret ${name}]`),
    hosts: found.map((secret) => secret.hosts),
    hide: (value) => hideInJson(value, hide()) as typeof value,
    note: (made) => noteMade(values, made),
  };
}

const LEVELS = new Set<PropertyKey>(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);

/** A logger that takes the secrets of a step, and what was made of them, out of what the step writes. */
export function hidingLogger(logger: Logger, hide: StepSecrets['hide']): Logger {
  return new Proxy(logger, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name === 'child') return (bindings: object) => hidingLogger(target.child(bindings) as Logger, hide);
      return LEVELS.has(name)
        ? (...values: unknown[]) =>
            member.apply(
              target,
              values.map((value) => hide(toStorableJson(value instanceof Error ? `${value.stack}` : value))),
            )
        : member.bind(target);
    },
  });
}

/** A host is told in lower case, and a name of a header in any. */
function casesOf(value: string): string[] {
  return [value, value.toLowerCase(), value.toUpperCase()];
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
