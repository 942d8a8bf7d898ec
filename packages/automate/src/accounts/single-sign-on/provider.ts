import * as openid from 'openid-client';
import { AppError } from '../../kernel/index.ts';
import type { Outbound } from '../../outbound/index.ts';
import type { ProviderSettings } from '../settings.ts';
import { singleSignOnErrors } from './errors.ts';
import { guardedFetch } from './guarded-fetch.ts';

/** Who somebody is, as the provider has vouched for. */
export interface Identity {
  readonly issuer: string;
  /** Never changes and is never given to somebody else; the address may be. */
  readonly subject: string;
  /** Only when it is known to be theirs. */
  readonly email: string | undefined;
  readonly name: string | undefined;
}

/** What ties the reply of the provider to the request that we sent it. */
export interface Journey {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE: whoever intercepts the code cannot use it without. */
  readonly verifier: string;
}

/** The OpenID provider of the settings. */
export interface Provider {
  /** Where the browser goes to sign in. @throws AppError `provider_unavailable`, `provider_invalid` */
  begin(journey: Journey, redirectUri: string): Promise<URL>;
  /**
   * Exchanges the code, and checks everything that was said.
   * @param url where the provider sent the browser to, with its query
   * @throws AppError `provider_refused`, `provider_unavailable`, `provider_invalid`
   */
  finish(journey: Journey, url: URL): Promise<Identity>;
  /** Reads its description of itself, whatever is known of it. @throws AppError `provider_unavailable`, `provider_invalid` */
  check(): Promise<ProviderDescription>;
}

/** What a provider says of itself, and we go by. */
export interface ProviderDescription {
  readonly issuer: string;
  readonly authorization_endpoint: string | null;
  readonly token_endpoint: string | null;
  readonly userinfo_endpoint: string | null;
}

const CONFIGURATION_MS = 3_600_000;

export function createProvider(settings: ProviderSettings, outbound: Outbound): Provider {
  let known: { readonly until: number; readonly configuration: Promise<openid.Configuration> } | undefined;

  function configuration(): Promise<openid.Configuration> {
    if (known && known.until > Date.now()) return known.configuration;
    const discovered = discover(settings, outbound);
    known = { until: Date.now() + CONFIGURATION_MS, configuration: discovered };
    discovered.catch(() => {
      known = undefined;
    });
    return discovered;
  }

  return {
    check: () =>
      described(async () => {
        const said = (await discover(settings, outbound)).serverMetadata();
        return {
          issuer: said.issuer,
          authorization_endpoint: said.authorization_endpoint ?? null,
          token_endpoint: said.token_endpoint ?? null,
          userinfo_endpoint: said.userinfo_endpoint ?? null,
        };
      }),
    begin: (journey, redirectUri) =>
      described(async () =>
        openid.buildAuthorizationUrl(await configuration(), {
          redirect_uri: redirectUri,
          scope: 'openid email profile',
          state: journey.state,
          nonce: journey.nonce,
          code_challenge: await openid.calculatePKCECodeChallenge(journey.verifier),
          code_challenge_method: 'S256',
        }),
      ),
    finish: (journey, url) =>
      described(async () => {
        const config = await configuration();
        const tokens = await openid.authorizationCodeGrant(config, url, {
          pkceCodeVerifier: journey.verifier,
          expectedState: journey.state,
          expectedNonce: journey.nonce,
          idTokenExpected: true,
        });
        const token = tokens.claims() as openid.IDToken;
        // Some tell in the token who somebody is, others when they are asked; an address and what is said of it come from one place.
        const facts =
          'email' in token || !config.serverMetadata().userinfo_endpoint
            ? token
            : await openid.fetchUserInfo(config, tokens.access_token, token.sub);
        return {
          issuer: token.iss,
          subject: token.sub,
          email: isVerified(facts.email_verified, settings.trustsEmail) ? textOf(facts.email) : undefined,
          name: textOf(facts.name) ?? textOf(token.name) ?? textOf(facts.preferred_username),
        };
      }),
  };
}

/** Reads the provider's own description of itself; its issuer must be the one of the settings. */
function discover({ issuer, clientId, clientSecret }: ProviderSettings, outbound: Outbound) {
  // The settings take http for this machine only.
  const isLocal = issuer.startsWith('http:');
  return openid.discovery(new URL(issuer), clientId, undefined, clientAuthentication(clientSecret), {
    [openid.customFetch]: guardedFetch(outbound),
    execute: [
      // Else a token that came straight from the provider would be believed without its signature.
      openid.enableNonRepudiationChecks,
      ...(isLocal ? [openid.allowInsecureRequests] : []),
    ],
  });
}

/** In the body where the provider takes it there, since not all undo the encoding of the header alike. */
function clientAuthentication(secret: string): openid.ClientAuth {
  const [inBody, inHeader] = [openid.ClientSecretPost(secret), openid.ClientSecretBasic(secret)];
  return (server, ...rest) => {
    // Who says nothing takes the header (OpenID Connect Discovery 1.0, 3).
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_post') ? inBody : inHeader)(server, ...rest);
  };
}

/** Nothing but a plain `true` says so; some send texts, and a text "false" is true to a program. */
function isVerified(said: unknown, trustsEmail: boolean): boolean {
  return said === true || (said === undefined && trustsEmail);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

async function described<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw describe(error);
  }
}

/** Details are for the log: the browser learns the code alone. */
function describe(error: unknown): AppError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (!AppError.is(cause)) continue;
    if (cause.code === 'provider_unavailable') return cause;
    return singleSignOnErrors.provider_unavailable(`The provider does not answer (${cause.code}).`, { cause: error });
  }
  if (error instanceof openid.AuthorizationResponseError || error instanceof openid.ResponseBodyError)
    return singleSignOnErrors.provider_refused(`The provider refused (${plain(error.error)}).`, { cause: error });
  const { code, message } = error as { code?: unknown; message?: string };
  return singleSignOnErrors.provider_invalid(`What the provider said does not hold: ${plain(message)} (${plain(code)}).`, {
    cause: error,
  });
}

/** What comes from outside, for a line of the log. */
function plain(value: unknown): string {
  return String(value)
    .replace(/[^ -~]/g, '?')
    .slice(0, 120);
}
