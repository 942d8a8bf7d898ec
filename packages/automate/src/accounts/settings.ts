import { z } from 'zod';
import { setting } from '../platform/index.ts';

/** The first owner, the OpenID provider, and the mail server. */
export const accountSettings = z
  .object({
    bootstrapEmail: z.email().optional().meta({
      variable: 'AUTOMATE_BOOTSTRAP_EMAIL',
      description: 'makes the [first owner](../guides/first-owner.md#on-a-server) where there is no user yet',
      bounds: 'an address; together with the next',
    }),
    bootstrapPassword: z
      .string()
      .min(12, 'must hold at least 12 characters')
      .max(1_024)
      .optional()
      .meta({ variable: 'AUTOMATE_BOOTSTRAP_PASSWORD', description: 'their password', bounds: '12 to 1,024 characters' }),
    oidcIssuer: setting.httpUrl().optional().meta({
      variable: 'AUTOMATE_OIDC_ISSUER',
      description: 'the provider of [single sign-on](../guides/single-sign-on.md)',
      bounds: '`https` URL, or `http` on this machine; together with the next two',
    }),
    oidcClientId: z
      .string()
      .min(1)
      .optional()
      .meta({ variable: 'AUTOMATE_OIDC_CLIENT_ID', description: 'our client at the provider' }),
    oidcClientSecret: z.string().min(1).optional().meta({ variable: 'AUTOMATE_OIDC_CLIENT_SECRET', description: 'its secret' }),
    oidcName: z
      .string()
      .min(1)
      .max(60)
      .default('Single sign-on')
      .meta({ variable: 'AUTOMATE_OIDC_NAME', description: 'what people know the provider as', bounds: '1 to 60 characters' }),
    oidcTrustEmail: setting.flag({ default: false }).meta({
      variable: 'AUTOMATE_OIDC_TRUST_EMAIL',
      description:
        'an address counts as verified of which the provider [does not say whether it is](../guides/single-sign-on.md#microsoft-entra)',
    }),
    smtpUrl: z
      .url({ protocol: /^smtps?$/ })
      .optional()
      .meta({
        variable: 'AUTOMATE_SMTP_URL',
        description: 'server that invitations and links for passwords are [mailed](people.md#mail) by',
        bounds: '`smtp` or `smtps` URL, may hold `user:password@`',
        fallback: 'none: no mail',
      }),
    mailFrom: z
      .string()
      .min(3)
      .default('Automate <automate@localhost>')
      .meta({ variable: 'AUTOMATE_MAIL_FROM', description: 'their sender' }),
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
