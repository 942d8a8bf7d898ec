import type { z } from 'zod';
import { callbackPath } from '../../accounts/index.ts';
import {
  BaseViewSet,
  type Context,
  RateLimitMixin,
  type RateRule,
  rate,
  requirePrincipal,
  StaffOnlyMixin,
} from '../../api/index.ts';
import { commonErrors } from '../../kernel/index.ts';
import { type SettingsInForce, settingsInForce } from './in-force.ts';
import { MailCheck, SingleSignOnCheck, StudioSettings } from './schemas.ts';
import { databaseVersion } from './settings.store.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    /** What holds in this process, and who set it. */
    readonly settingsInForce: SettingsInForce;
  }
}

/** The settings of the installation, where each comes from, and whether what they name answers; for staff. */
export class StudioSettingsViewSet extends StaffOnlyMixin(RateLimitMixin(BaseViewSet)) {
  static {
    const check = { detail: false, methods: ['post'], idempotent: false } as const;
    this.describe('list', { summary: 'Tell the settings in force, and where each comes from', response: StudioSettings });
    this.action('testSingleSignOn', {
      ...check,
      path: 'test-single-sign-on',
      summary: 'Ask the provider of single sign-on for its description of itself',
      response: SingleSignOnCheck,
    });
    this.action('testMail', { ...check, path: 'test-mail', summary: 'Send yourself a mail', response: MailCheck });
  }
  override scopeResource: string | undefined = 'settings';
  override tag: string | undefined = 'Studio';
  override rateLimit: RateRule = rate('60/minute', { key: 'user' });

  async list(ctx: Context): Promise<z.input<typeof StudioSettings>> {
    const { settingsInForce: inForce, singleSignOn, people, database } = ctx.services;
    const provider = singleSignOn?.facts();
    const { mailer, publicUrl } = people.options;
    return {
      groups: settingsInForce(inForce),
      features: inForce.features.map(({ name, needs = [], pages = [], settings }) => ({
        name,
        needs: [...needs],
        pages: pages.length,
        settings: Object.keys(settings?.shape ?? {}).length,
      })),
      versions: {
        automate: ctx.services.dashboard.version,
        node: process.version.slice(1),
        database: await databaseVersion(database),
        is_embedded: inForce.core.database.kind === 'embedded',
      },
      single_sign_on: {
        is_set_up: provider !== undefined,
        name: provider?.name ?? null,
        issuer: provider?.issuer ?? null,
        client_id: provider?.clientId ?? null,
        redirect_uri: publicUrl() + callbackPath,
      },
      mail: { is_set_up: mailer.isSetUp, from: mailer.from },
    };
  }

  async testSingleSignOn(ctx: Context): Promise<z.input<typeof SingleSignOnCheck>> {
    const { singleSignOn } = ctx.services;
    if (!singleSignOn) throw commonErrors.conflict('No provider is set up: set AUTOMATE_OIDC_ISSUER and its client.');
    return singleSignOn.check();
  }

  async testMail(ctx: Context): Promise<z.input<typeof MailCheck>> {
    const { people } = ctx.services;
    const user = await people.personOf(requirePrincipal(ctx));
    if (!user) throw commonErrors.conflict('A key without a person has no address to mail to: sign in.');
    const problem = await people.options.mailer.check(user.email);
    if (problem !== undefined) throw commonErrors.conflict(problem);
    return { to: user.email };
  }
}
