import { z } from 'zod';
import { setting } from '../../platform/index.ts';

const named = <Schema extends z.ZodType>(variable: string, schema: Schema): Schema => schema.meta({ variable }) as Schema;

/** The first owner, the OpenID provider, and the mail server. */
export const accountSettings = z
  .object({
    bootstrapEmail: named('AUTOMATE_BOOTSTRAP_EMAIL', z.email().optional()),
    bootstrapPassword: named(
      'AUTOMATE_BOOTSTRAP_PASSWORD',
      z.string().min(12, 'must hold at least 12 characters').max(1_024).optional(),
    ),
    oidcIssuer: named('AUTOMATE_OIDC_ISSUER', setting.httpUrl().optional()),
    oidcClientId: named('AUTOMATE_OIDC_CLIENT_ID', z.string().min(1).optional()),
    oidcClientSecret: named('AUTOMATE_OIDC_CLIENT_SECRET', z.string().min(1).optional()),
    oidcName: named('AUTOMATE_OIDC_NAME', z.string().min(1).max(60).default('Single sign-on')),
    oidcTrustEmail: named('AUTOMATE_OIDC_TRUST_EMAIL', setting.flag({ default: false })),
    smtpUrl: named('AUTOMATE_SMTP_URL', z.url({ protocol: /^smtps?$/ }).optional()),
    mailFrom: named('AUTOMATE_MAIL_FROM', z.string().min(3).default('Automate <automate@localhost>')),
  })
  .refine(({ bootstrapEmail: email, bootstrapPassword: password }) => (email === undefined) === (password === undefined), {
    error: 'AUTOMATE_BOOTSTRAP_EMAIL and AUTOMATE_BOOTSTRAP_PASSWORD must be set together',
  })
  .refine(
    ({ oidcIssuer, oidcClientId, oidcClientSecret }) =>
      new Set([oidcIssuer, oidcClientId, oidcClientSecret].map((value) => value === undefined)).size === 1,
    { error: 'AUTOMATE_OIDC_ISSUER, AUTOMATE_OIDC_CLIENT_ID and AUTOMATE_OIDC_CLIENT_SECRET must be set together' },
  )
  .refine(({ oidcIssuer: issuer }) => issuer === undefined || issuer.startsWith('https:') || isThisMachine(issuer), {
    error: 'AUTOMATE_OIDC_ISSUER must start with https://: whoever stands between could sign in as anybody',
  });

export interface ProviderSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** As people know it. */
  readonly name: string;
  /** Whether an address counts as verified of which the provider does not say whether it is. */
  readonly trustsEmail: boolean;
}

export interface MailSettings {
  readonly smtpUrl: string | undefined;
  readonly from: string;
}

export interface AccountSettings {
  /** The first staff user, made when there is no user yet. */
  readonly bootstrapUser: { readonly email: string; readonly password: string } | undefined;
  /** The OpenID provider that people may sign in with. */
  readonly oidc: ProviderSettings | undefined;
  readonly mail: MailSettings;
}

export function accountSettingsOf(given: z.output<typeof accountSettings>): AccountSettings {
  const { bootstrapEmail: email, bootstrapPassword: password, oidcIssuer: issuer, oidcClientId, oidcClientSecret } = given;
  return {
    bootstrapUser: email && password ? { email, password } : undefined,
    oidc:
      issuer && oidcClientId && oidcClientSecret
        ? {
            issuer,
            clientId: oidcClientId,
            clientSecret: oidcClientSecret,
            name: given.oidcName,
            trustsEmail: given.oidcTrustEmail,
          }
        : undefined,
    mail: { smtpUrl: given.smtpUrl, from: given.mailFrom },
  };
}

function isThisMachine(url: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}
