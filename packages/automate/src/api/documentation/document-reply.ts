import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { ApiFacts, Context } from '../http/context.ts';
import { entityTag, isKnown } from '../http/entity-tag.ts';
import { RawReply } from '../http/reply.ts';
import { headerOf } from '../http/request.ts';
import { chooseEncoding, type Encoding, encodings } from '../static/encoding.ts';

/** The OpenAPI document as a client likes it best: compressed once for each coding that anybody asks for, and told by its tag. */
export async function documentReply({ api, request }: Context): Promise<RawReply> {
  const encoding = chooseEncoding(headerOf(request, 'accept-encoding'), ['br', 'gzip', 'identity']);
  const etag = tagOf(api, encoding);
  const headers = { etag, 'cache-control': 'no-cache', vary: 'Accept-Encoding' };
  if (isKnown(headerOf(request, 'if-none-match'), etag)) return new RawReply('', { status: 304, headers });
  const contentType = 'application/json; charset=utf-8';
  if (encoding === 'identity') return new RawReply(api.openapi(), { contentType, headers });
  const body = await compressed(api, encoding);
  return new RawReply(body, { contentType, headers: { ...headers, 'content-encoding': encoding } });
}

const tags = new WeakMap<ApiFacts, string>();
const bodies = new WeakMap<ApiFacts, Map<Encoding, Promise<Buffer>>>();

function tagOf(api: ApiFacts, encoding: Encoding): string {
  let tag = tags.get(api);
  if (tag === undefined) {
    tag = entityTag(api.openapi());
    tags.set(api, tag);
  }
  return `${tag.slice(0, -1)}${encodings.find(({ name }) => name === encoding)?.tag ?? ''}"`;
}

function compressed(api: ApiFacts, encoding: 'br' | 'gzip'): Promise<Buffer> {
  const known = bodies.get(api) ?? new Map<Encoding, Promise<Buffer>>();
  bodies.set(api, known);
  const body = known.get(encoding) ?? compressors[encoding](api.openapi());
  known.set(encoding, body);
  return body;
}

const brotli = promisify(brotliCompress);
const compressors = {
  br: (text: string) => brotli(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: promisify(gzip) as (text: string) => Promise<Buffer>,
};
