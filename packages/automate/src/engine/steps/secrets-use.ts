import { requireSecretHosts } from './secret-hosts.ts';
import type { StepSecretsUse } from './step-context.ts';
import { StepError } from './step-error.ts';
import type { StepSecrets } from './step-secrets.ts';

/** What a step that uses no secrets has of them. */
export const NO_SECRETS: StepSecretsUse = Object.freeze({
  names: [],
  requireHost: () => undefined,
  derived: (text: string) => text,
});

/** @param isDry whether placeholders stand for the values, which may go anywhere */
export function secretsUse({ values, hosts, note }: StepSecrets, isDry: boolean): StepSecretsUse {
  return {
    names: Object.keys(values),
    requireHost(url) {
      if (!isDry) requireSecretHosts(toUrl(url), hosts);
    },
    derived(text) {
      note(text);
      return text;
    },
  };
}

function toUrl(url: string | URL): URL {
  if (URL.canParse(String(url))) return new URL(url);
  const detail = 'context.secrets.requireHost takes a URL with its scheme, such as smtps://mail.example.com:465.';
  throw new StepError({ code: 'secret_host_refused', detail, isRetryable: false });
}
