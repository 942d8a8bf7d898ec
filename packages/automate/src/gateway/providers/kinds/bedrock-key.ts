import { z } from 'zod';
import { gatewayErrors } from '../../errors.ts';

/** What AWS lets in: a key that signs, or one that is sent along. */
export type BedrockKey =
  | { readonly apiKey: string }
  | {
      readonly apiKey: '';
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken?: string;
    };

const forms =
  '`ACCESS_KEY_ID:SECRET_ACCESS_KEY`, the same with `:SESSION_TOKEN`, JSON with `access_key_id` and `secret_access_key`, or an API key of Bedrock';

const Text = z.string().min(1).max(8_192);
const Signing = z.object({ access_key_id: Text, secret_access_key: Text, session_token: Text.optional() });
const Bearer = z.object({ api_key: Text });

/**
 * Reads the key of a provider in any of its forms. An API key that is empty keeps the library from looking for one in the environment.
 * @throws AppError `provider_missing`
 */
export function readBedrockKey(key: string): BedrockKey {
  if (key.startsWith('{')) return ofJson(key);
  const [, accessKeyId, secretAccessKey, sessionToken] = /^(A[A-Z0-9]{15,127}):([^:\s]+)(?::([^:\s]+))?$/.exec(key) ?? [];
  if (accessKeyId !== undefined && secretAccessKey !== undefined) return signing(accessKeyId, secretAccessKey, sessionToken);
  if (/[\s:]/.test(key)) throw refused();
  return { apiKey: key };
}

function ofJson(key: string): BedrockKey {
  const fields = Object.entries(parsed(key)).map(([name, value]) => [snakeCase(name), value]);
  const value = Object.fromEntries(fields);
  const read = Signing.safeParse(value);
  if (read.success) return signing(read.data.access_key_id, read.data.secret_access_key, read.data.session_token);
  const bearer = Bearer.safeParse(value);
  if (!bearer.success) throw refused();
  return { apiKey: bearer.data.api_key };
}

function signing(accessKeyId: string, secretAccessKey: string, sessionToken: string | undefined): BedrockKey {
  return { apiKey: '', accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

/** As AWS writes them, `AccessKeyId`, and as its libraries do, `accessKeyId`. */
function snakeCase(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
}

function parsed(key: string): object {
  try {
    return JSON.parse(key) as object;
  } catch {
    throw refused();
  }
}

function refused(): Error {
  return gatewayErrors.provider_missing(`The key of the provider cannot be read: it is ${forms}.`);
}
