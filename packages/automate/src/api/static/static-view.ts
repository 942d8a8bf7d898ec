import { randomBytes } from 'node:crypto';
import { commonErrors } from '../../kernel/index.ts';
import { AllowAny, allow, type Permission } from '../access/permissions.ts';
import type { Context } from '../http/context.ts';
import { isKnown } from '../http/entity-tag.ts';
import { apiErrors } from '../http/errors.ts';
import { html, RawReply, raw } from '../http/reply.ts';
import { headerOf } from '../http/request.ts';
import type { Operation } from '../operations/base-view.ts';
import { declaredOperations, type OperationOptions } from '../operations/operation.ts';
import { BaseAPIView } from '../views/view.ts';
import { pagePolicy } from './content-security-policy.ts';
import type { StaticFile, StaticFiles } from './static-files.ts';

/**
 * A built web app, or any folder of files, below one path. Pages get a policy with a nonce; what carries a hash in its name is kept by browsers for good,
 * and all else is asked for again by its entity tag. Anyone may get the files, unless `permissions` says otherwise.
 * @example
 * const files = staticFiles({ root: new URL('./dist/', import.meta.url) });
 * class ShopView extends StaticView {
 *   readonly files = files;
 *   override fallback = 'index.html';
 * }
 * new ApiRouter().view('shop', ShopView);
 */
export abstract class StaticView extends BaseAPIView {
  abstract readonly files: StaticFiles;
  /** Page for the path itself, and for paths below that the app knows and the folder does not; undefined: there is none. */
  fallback: string | undefined = undefined;
  override permissions: readonly Permission[] = allow(AllowAny);
  override authentication: BaseAPIView['authentication'] = [];

  /** The path itself. */
  async get(ctx: Context): Promise<RawReply> {
    return this.#fallbackPage(ctx);
  }

  /** Everything below it. */
  async file(ctx: Context): Promise<RawReply> {
    const name = ctx.params[REST] ?? '';
    if (!isPlain(name, ctx.request.path)) throw notThere();
    const file = this.files.find(name);
    if (file) return isPage(file) ? this.#pageOf(file, ctx) : this.#fileReply(file, ctx);
    // A script that is missing must not be a page: nobody would find out why the app does not start.
    const wantsPage = headerOf(ctx.request, 'accept')?.includes('text/html') === true;
    if (!wantsPage || (name.split('/').at(-1) as string).includes('.')) throw notThere();
    return this.#fallbackPage(ctx);
  }

  /** What a page may load, and who may frame it. @param nonce of this one reply */
  protected contentSecurityPolicy(nonce: string, _ctx: Context): string {
    return pagePolicy({ nonce });
  }

  /** A page made ready for one reply: `__NONCE__` (Vite's `html.cspNonce`) and `__BASE__`, the path of this view, are filled in. */
  protected page(text: string, nonce: string, { api, route, params }: Context): string {
    return text.replaceAll('__NONCE__', nonce).replaceAll('__BASE__', api.reverse(`${route.basename}.get`, params));
  }

  /** How long a file may be kept by browsers and proxies; the value of `Cache-Control`. */
  protected cacheControl(file: StaticFile, _ctx: Context): string {
    const whose = this.permissions.includes(AllowAny) ? 'public' : 'private';
    return file.isImmutable ? `${whose}, max-age=31536000, immutable` : 'no-cache';
  }

  override getOperations(): readonly Operation[] {
    if (this.fallback !== undefined && !this.files.find(this.fallback)) {
      throw apiErrors.invalid_settings(
        `${this.constructor.name} falls back to "${this.fallback}", which is not among its files.`,
      );
    }
    const own = declaredOperations(this).get('get');
    const place = { method: 'get', loadsRow: false, isRowFirst: false } as const;
    return [
      { ...place, action: 'get', path: '', options: { ...OPTIONS, produces: 'text/html', summary: 'A page', ...own } },
      { ...place, action: 'file', path: `{${REST}*}`, options: { ...OPTIONS, summary: 'A file' } },
    ];
  }

  async #fallbackPage(ctx: Context): Promise<RawReply> {
    const file = this.fallback === undefined ? undefined : this.files.find(this.fallback);
    if (!file) throw notThere();
    return this.#pageOf(file, ctx);
  }

  async #pageOf(file: StaticFile, ctx: Context): Promise<RawReply> {
    const nonce = randomBytes(18).toString('base64url');
    return html(this.page(await file.text(), nonce, ctx), {
      headers: {
        'content-security-policy': this.contentSecurityPolicy(nonce, ctx),
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        // A nonce is for one reply.
        'cache-control': 'no-store',
      },
    });
  }

  async #fileReply(file: StaticFile, ctx: Context): Promise<RawReply> {
    const variant = file.variant(headerOf(ctx.request, 'accept-encoding'));
    const etag = await file.tag(variant.encoding);
    const headers = {
      etag,
      'cache-control': this.cacheControl(file, ctx),
      ...(file.isEncoded && { vary: 'Accept-Encoding' }),
    };
    if (isKnown(headerOf(ctx.request, 'if-none-match'), etag)) return new RawReply('', { status: 304, headers });
    const whole = {
      ...headers,
      'content-length': String(variant.bytes),
      'accept-ranges': 'none',
      ...(variant.encoding !== 'identity' && { 'content-encoding': variant.encoding }),
    };
    return raw(ctx.request.method === 'HEAD' ? '' : variant.open(), { contentType: file.contentType, headers: whole });
  }
}

/** Name of the parameter that holds the file. */
const REST = 'path';

const OPTIONS: OperationOptions = { produces: 'application/octet-stream', documented: false };

/** One address a file: what is written in another way is not there. An escaped slash is part of a name, and no name has one (RFC 3986, 2.2). */
function isPlain(name: string, path: string): boolean {
  return !/%2f|%5c/i.test(path) && name.split('/').every((part) => part !== '' && !/^\.+$|[\\\0]/.test(part));
}

function isPage({ contentType }: StaticFile): boolean {
  return contentType.startsWith('text/html');
}

function notThere() {
  return commonErrors.not_found('There is no such file.');
}
