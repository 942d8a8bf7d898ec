import type { Db } from '../../db/index.ts';
import type { Logger } from '../../kernel/index.ts';
import type { OutboundSettings } from '../../outbound/index.ts';
import { createOutbound } from '../../outbound/index.ts';
import type { Invitations } from '../invitations/invitations.ts';
import type { Client } from '../people/client.ts';
import { peopleErrors } from '../people/errors.ts';
import type { ProviderSettings } from '../settings.ts';
import type { SignedIn } from '../sign-in/admission.ts';
import type { People } from '../sign-in/people.ts';
import { arrive } from './arrival.ts';
import { createFlows } from './flow.ts';
import type { Provider, ProviderDescription } from './provider.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    /** Undefined without a provider in the settings. */
    readonly singleSignOn: SingleSignOn | undefined;
  }
}

/** Signing in with the OpenID provider of the settings. */
export interface SingleSignOn {
  /** As people know it. */
  readonly name: string;
  /**
   * @param given where to go afterwards, and what the browser's cookie of sign-ins under way holds
   * @throws AppError `provider_unavailable`, `provider_invalid`, `https_required`, `rate_limited`
   */
  start(given: { next: string; browser: string | undefined }, client: Client): Promise<{ location: string; cookie: string }>;
  /**
   * @param given the query that the provider sent the browser back with
   * @throws AppError of `errors.ts`
   */
  finish(given: { query: string; browser: string | undefined }, client: Client): Promise<SignedIn & { readonly next: string }>;
  /** What the settings say of the provider, but for the secret. */
  facts(): { readonly name: string; readonly issuer: string; readonly clientId: string };
  /** Reads the provider's description of itself anew. @throws AppError `provider_unavailable`, `provider_invalid` */
  check(): Promise<ProviderDescription>;
  close(): Promise<void>;
}

export interface SingleSignOnOptions {
  readonly db: Db;
  readonly logger: Pick<Logger, 'warn' | 'debug'>;
  /** Undefined: there is none. */
  readonly provider: ProviderSettings | undefined;
  readonly outbound: OutboundSettings;
  readonly people: People;
  readonly invitations: Invitations;
}

export const CALLBACK_PATH = '/api/auth/oidc/callback/';

/** Undefined without a provider in the settings. */
export function createSingleSignOn(options: SingleSignOnOptions): SingleSignOn | undefined {
  const { db, logger, provider: oidc, people, invitations } = options;
  if (!oidc) return undefined;
  const { allowHosts, ...outboundSettings } = options.outbound;
  // The operator names the provider in the settings, so it may be private; nothing but this client may call it for that.
  const policy = { allowHosts: [...allowHosts, new URL(oidc.issuer).host] };
  const outbound = createOutbound({ ...outboundSettings, policy, logger });
  let made: Provider | undefined;
  /** Loaded and made when somebody comes by it. */
  const provider = async (): Promise<Provider> => {
    const { createProvider } = await import('./provider.ts');
    made ??= createProvider(oidc, outbound);
    return made;
  };
  const flows = createFlows(db);
  const callback = () => new URL(people.options.publicUrl() + CALLBACK_PATH);

  return {
    name: oidc.name,
    async start({ next, browser }, client) {
      const { protocol, hostname, href } = callback();
      if (protocol === 'http:' && !/^(?:localhost|127\..*|\[::1\])$/.test(hostname))
        throw peopleErrors.https_required(
          'Browsers keep the session only over HTTPS: set AUTOMATE_PUBLIC_URL to an https:// address.',
        );
      await people.requireStart(client);
      const { flow, cookie } = await flows.begin(next, browser);
      return { location: (await (await provider()).begin(flow, href)).href, cookie };
    },
    async finish({ query, browser }, client) {
      const url = callback();
      url.search = query;
      const { next, ...journey } = await flows.end(url.searchParams.get('state') ?? undefined, browser);
      const identity = await (await provider()).finish(journey, url);
      return { ...(await arrive({ db, people, invitations }, identity, client)), next };
    },
    facts: () => ({ name: oidc.name, issuer: oidc.issuer, clientId: oidc.clientId }),
    check: async () => (await provider()).check(),
    close: () => outbound.close(),
  };
}
