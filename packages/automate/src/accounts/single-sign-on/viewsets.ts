import type { z } from 'zod';
import { AllowAny, type Authenticator, allow, BaseViewSet, type Context, type RawReply, redirect } from '../../api/index.ts';
import { AppError, commonErrors, errorMessage } from '../../kernel/index.ts';
import { cookieOf } from '../sessions/cookie.ts';
import { clientOf, startSession } from '../sign-in/requests.ts';
import { FLOW_COOKIE } from './flow.ts';
import { SingleSignOnStart } from './schemas.ts';
import type { SingleSignOn } from './single-sign-on.ts';

/** Signing in with the OpenID provider of the settings: a browser goes there and comes back. */
export class SingleSignOnViewSet extends BaseViewSet {
  static {
    const open = { detail: false, status: 302, problems: { 404: 'No provider is set up.' } } as const;
    this.action('start', {
      ...open,
      path: 'oidc/start',
      summary: 'Go to the provider to sign in',
      description: 'For browsers. What goes wrong leads to /sign-in/?error= with a code.',
      query: SingleSignOnStart,
    });
    this.action('callback', {
      ...open,
      path: 'oidc/callback',
      summary: 'Come back from the provider',
      description:
        'For the provider to send the browser to, with `code` and `state`. What goes wrong leads to /sign-in/?error= with a code.',
    });
  }
  override permissions = allow(AllowAny);
  override authentication: readonly Authenticator[] | undefined = [];
  override tag = 'Sign-in';

  async start(ctx: Context<unknown, z.output<typeof SingleSignOnStart>>): Promise<RawReply> {
    return this.attempt(ctx, async (singleSignOn, browser) => {
      const { location, cookie } = await singleSignOn.start({ next: ctx.query.next, browser }, clientOf(ctx));
      ctx.reply.header('set-cookie', cookie);
      return location;
    });
  }

  async callback(ctx: Context): Promise<RawReply> {
    return this.attempt(ctx, async (singleSignOn, browser) => {
      const query = ctx.request.url.slice(ctx.request.path.length);
      const { cookie, next } = await singleSignOn.finish({ query, browser }, clientOf(ctx));
      startSession(ctx, cookie);
      return next;
    });
  }

  /** Sends the browser on to where the work says, or back to the sign-in page with a code. */
  private async attempt(
    ctx: Context,
    work: (singleSignOn: SingleSignOn, browser: string | undefined) => Promise<string>,
  ): Promise<RawReply> {
    const { singleSignOn, people } = ctx.services;
    if (!singleSignOn) throw commonErrors.not_found('No OpenID provider is set up: see AUTOMATE_OIDC_ISSUER.');
    ctx.reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer');
    try {
      return redirect(await work(singleSignOn, cookieOf(ctx, FLOW_COOKIE)));
    } catch (error) {
      const code = AppError.is(error) && TOLD.has(error.code) ? error.code : 'unexpected';
      ctx.log[code === 'unexpected' ? 'error' : 'info'](
        { 'error.code': code, reason: errorMessage(error) },
        'single sign-on failed',
      );
      const { pathname } = new URL(people.options.publicUrl());
      return redirect(`${pathname.replace(/\/$/, '')}/sign-in/?error=${code}`);
    }
  }
}

/** What the sign-in page is told; anything else is ours alone. */
const TOLD = new Set([
  'no_account',
  'account_disabled',
  'linked_to_another',
  'flow_expired',
  'provider_refused',
  'provider_unavailable',
  'provider_invalid',
  'https_required',
  'rate_limited',
]);
