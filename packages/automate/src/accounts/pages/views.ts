import {
  AllowAny,
  ApiRouter,
  type Authenticator,
  allow,
  BaseAPIView,
  type Context,
  html,
  redirect,
  type StaticFile,
  StaticView,
} from '../../api/index.ts';
import { commonErrors } from '../../kernel/index.ts';
import { optionalSession } from '../sign-in/optional-session.ts';
import { approvalPage } from './approval-page.ts';
import { assets } from './assets.ts';
import { invitationPage } from './invitation-page.ts';
import { layout, type Page } from './layout.ts';
import { resetPasswordPage } from './reset-password-page.ts';
import { setupPage } from './setup-page.ts';
import { signInPage } from './sign-in-page.ts';

/** What every page shares: anyone may ask for it, and what it shows comes from the API. */
abstract class PageView extends BaseAPIView {
  override permissions = allow(AllowAny);
  override tag = 'pages';

  override getAuthenticators(ctx: Context): readonly Authenticator[] {
    return optionalSession(ctx);
  }

  protected async reply(ctx: Context, page: Page, status = 200) {
    const { api, principal, services } = ctx;
    const places = {
      landing: api.landing(),
      assets: api.reverse('page-asset.get', { version: assets.version }),
      base: api.reverse('sign-in-page.get').replace(/\/sign-in\/$/, ''),
      isSignedIn: principal?.kind === 'user',
      needsSetup: await services.people.isNew(),
    };
    return html(layout(page, places), { status, headers: HEADERS });
  }
}

/** Sign-in by password, link or single sign-on. */
export class SignInPageView extends PageView {
  static {
    this.describe('get', { summary: 'The sign-in page', produces: 'text/html', documented: false });
  }

  get(ctx: Context) {
    return this.reply(ctx, signInPage);
  }
}

/** The first owner. */
export class SetupPageView extends PageView {
  static {
    this.describe('get', { summary: 'The page of the first owner', produces: 'text/html', documented: false });
  }

  get(ctx: Context) {
    return this.reply(ctx, setupPage);
  }
}

/** A new password by a link. */
export class ResetPasswordPageView extends PageView {
  static {
    this.describe('get', { summary: 'The page of a new password', produces: 'text/html', documented: false });
  }

  get(ctx: Context) {
    return this.reply(ctx, resetPasswordPage);
  }
}

/** An invitation. */
export class InvitationPageView extends PageView {
  static {
    this.describe('get', { summary: 'The page of an invitation', produces: 'text/html', documented: false });
  }

  get(ctx: Context) {
    return this.reply(ctx, invitationPage);
  }
}

/** A decision by a link. Opening it decides nothing. */
export class ApprovalPageView extends PageView {
  static {
    this.describe('get', { summary: 'The page of a decision', produces: 'text/html', documented: false });
  }

  /** What cannot be a token is not there; whether one is ours, the page finds out. */
  get(ctx: Context) {
    return this.reply(ctx, approvalPage, /^apv_[\w-]{60,}$/.test(ctx.params.token ?? '') ? 200 : 404);
  }
}

/** One's own account is a page of the Studio; links and habits know it here. */
export class AccountPageView extends BaseAPIView {
  static {
    this.describe('get', { summary: 'Leads to your account', produces: 'text/html', status: 302, documented: false });
  }
  override authentication = [];
  override permissions = allow(AllowAny);
  override tag = 'pages';

  get(ctx: Context) {
    if (!ctx.api.has('studio-page.get'))
      throw commonErrors.not_found('Your account is a page of the Studio, which is not built here.');
    return redirect(`${ctx.api.reverse('studio-page.get')}account/`);
  }
}

/** `/` leads to where people go after sign-in. */
export class HomeView extends BaseAPIView {
  static {
    this.describe('get', { summary: 'Leads on', produces: 'text/html', status: 302, documented: false });
  }
  override authentication = [];
  override permissions = allow(AllowAny);
  override tag = 'pages';

  get(ctx: Context) {
    const landing = ctx.api.landing();
    // To itself it leads nowhere.
    return redirect(landing === ctx.api.reverse(ctx.route.operationId) ? ctx.api.reverse('account-page.get') : landing);
  }
}

/** Scripts and styles, files of their own so that the policy of the pages allows no inline code. */
export class PageAssetView extends StaticView {
  readonly files = assets;
  override tag = 'pages';

  /** While processes of two versions run side by side, a page may ask the other one: what it gets must not be kept. */
  protected override cacheControl(_file: StaticFile, { params }: Context): string {
    return params.version === assets.version ? 'public, max-age=31536000, immutable' : 'no-store';
  }
}

/** The pages, at the root of what is mounted. */
export function pagesRouter(): ApiRouter {
  return new ApiRouter()
    .view('sign-in', SignInPageView, { basename: 'sign-in-page' })
    .view('setup', SetupPageView, { basename: 'setup-page' })
    .view('reset-password', ResetPasswordPageView, { basename: 'reset-password-page' })
    .view('accept-invitation', InvitationPageView, { basename: 'invitation-page' })
    .view('approvals/{token}', ApprovalPageView, { basename: 'approval-page' })
    .view('account', AccountPageView, { basename: 'account-page' })
    .view('pages/{version}', PageAssetView, { basename: 'page-asset' });
}

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};
