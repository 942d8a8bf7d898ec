import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** What the provider says of somebody. */
export interface Claims {
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
}

/** A certified OpenID provider on loopback: `oidc-provider`, with an interaction that asks nobody. */
export interface RealProvider {
  readonly issuer: string;
  readonly client: { readonly id: string; readonly secret: string };
  /** Who sits before the browser: the subject that signs in next. */
  subject: string;
  /** Whether they refuse, or are refused, at the provider. */
  denies: boolean;
  readonly people: Map<string, Claims>;
  /** Registers where it may send browsers back to; until then it does not answer. */
  register(redirectUri: string): void;
  close(): Promise<void>;
}

export async function startRealProvider(): Promise<RealProvider> {
  let answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> = async (_, response) => {
    response.writeHead(503).end();
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const real: RealProvider = {
    issuer,
    // With characters that a header has to carry encoded.
    client: { id: 'automate', secret: 'a client-secret.that~only+tests/use=%' },
    subject: '',
    denies: false,
    people: new Map(),
    register(redirectUri) {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const provider = new Provider(issuer, {
        clients: [
          {
            client_id: real.client.id,
            client_secret: real.client.secret,
            redirect_uris: [redirectUri],
            token_endpoint_auth_method: 'client_secret_post',
          },
        ],
        claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
        cookies: { keys: ['a key that only tests use'] },
        jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' } as never] },
        pkce: { required: () => true },
        features: { devInteractions: { enabled: false } },
        interactions: { url: (_, { uid }) => `/interaction/${uid}` },
        findAccount: (_, accountId) => ({ accountId, claims: async () => ({ sub: accountId, ...real.people.get(accountId) }) }),
      });
      const handle = provider.callback();
      answer = async (request, response) => {
        if (!request.url?.startsWith('/interaction/')) return handle(request, response);
        const { params } = await provider.interactionDetails(request, response);
        if (real.denies)
          return provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'said no' });
        const grant = new provider.Grant({ accountId: real.subject, clientId: String(params.client_id) });
        grant.addOIDCScope(String(params.scope));
        const result = { login: { accountId: real.subject }, consent: { grantId: await grant.save() } };
        return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
      };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return real;
}
