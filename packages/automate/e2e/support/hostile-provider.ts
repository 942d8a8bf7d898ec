import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

/** What a provider does wrong; without any of it, it is a good one. */
export interface Tricks {
  /** Changes what the token says. */
  readonly claims?: (claims: Json) => Json;
  readonly header?: Json;
  /** Signs with a key that it does not publish, not at all, with the secret we share; or changes the token after signing it. */
  readonly signature?: 'foreign' | 'none' | 'altered' | 'client_secret';
  /** Changes the reply of the token endpoint. */
  readonly tokens?: (tokens: Json) => Json;
  readonly userinfo?: Json;
  /** Changes its description of itself. */
  readonly discovery?: (metadata: Json) => Json;
  /** Changes what it sends the browser back with. */
  readonly back?: (query: URLSearchParams) => void;
  /** Answers a path in another way. */
  readonly answer?: Readonly<Record<string, (response: ServerResponse) => void>>;
}

/** A small OpenID provider that follows the protocol but for the trick it plays. */
export interface HostileProvider {
  readonly issuer: string;
  tricks: Tricks;
  /** Paths that were called. */
  readonly calls: string[];
  close(): Promise<void>;
}

export const HOSTILE_CLIENT = { id: 'client-id', secret: 'client-secret' };

export async function startHostileProvider(): Promise<HostileProvider> {
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const nonces = new Map<string, string>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    provider.calls.push(url.pathname);
    const { tricks } = provider;
    const json = (body: Json) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const special = tricks.answer?.[url.pathname];
    if (special) return void special(response);
    if (url.pathname === '/.well-known/openid-configuration') return void json(tricks.discovery?.(metadata()) ?? metadata());
    if (url.pathname === '/jwks')
      return void json({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] });
    if (url.pathname === '/userinfo') return void json(tricks.userinfo ?? {});
    if (url.pathname === '/authorize') {
      const code = String(nonces.size + 1).padStart(8, '0');
      nonces.set(code, url.searchParams.get('nonce') ?? '');
      const back = new URLSearchParams({ code, state: url.searchParams.get('state') ?? '' });
      tricks.back?.(back);
      return void response.writeHead(302, { location: `${url.searchParams.get('redirect_uri')}?${back}` }).end();
    }
    if (url.pathname !== '/token') return void response.writeHead(404).end();
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const code = new URLSearchParams(Buffer.concat(pieces).toString()).get('code') ?? '';
      const tokens = { access_token: 'an-access-token', token_type: 'Bearer', id_token: idToken(nonces.get(code) ?? '') };
      json(tricks.tokens?.(tokens) ?? tokens);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function metadata(): Json {
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    };
  }

  function idToken(nonce: string): string {
    const { claims, header, signature } = provider.tricks;
    const now = Math.floor(Date.now() / 1_000);
    const good = {
      iss: issuer,
      aud: HOSTILE_CLIENT.id,
      sub: 'somebody',
      nonce,
      iat: now,
      exp: now + 300,
      email: 'ada@example.com',
      email_verified: true,
    };
    const said = { alg: signature === 'none' ? 'none' : 'RS256', kid: 'one', ...header };
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const payload = claims?.(good) ?? good;
    const text = `${encode(said)}.${encode(payload)}`;
    if (signature === 'none') return `${text}.`;
    if (signature === 'client_secret')
      return `${text}.${createHmac('sha256', HOSTILE_CLIENT.secret).update(text).digest('base64url')}`;
    const key: KeyObject = signature === 'foreign' ? foreign.privateKey : own.privateKey;
    const signed = sign('sha256', Buffer.from(text), key).toString('base64url');
    return signature === 'altered' ? `${encode(said)}.${encode({ ...payload, sub: 'another' })}.${signed}` : `${text}.${signed}`;
  }

  const provider: HostileProvider = {
    issuer,
    tricks: {},
    calls: [],
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return provider;
}
