import type { z } from 'zod';
import { AllowAny, type AppServices, type Authenticator, allow, BaseViewSet, type Context, headerOf } from '../../api/index.ts';
import { InvitationAccept } from '../invitations/schemas.ts';
import type { Client } from '../people/client.ts';
import { presentedToken } from '../sessions/cookie.ts';
import { optionalSession } from '../sign-in/optional-session.ts';
import { clientOf, requireOwnPage, signInReply } from '../sign-in/requests.ts';
import { LinkSignIn, PasswordReset, PasswordResetRequest, Requested, SetUp, SignedIn, SignIn, SignInOptions } from './schemas.ts';

const FOREIGN = 'Sent by the page of another site.';
const BUSY = 'Too many at once.';

/** The ways in, for whoever has no session yet. Attempts are counted by account and by network. */
export class SignInViewSet extends BaseViewSet {
  static {
    const open = {
      detail: false,
      methods: ['post'],
      idempotent: false,
      problems: { 403: FOREIGN, 503: BUSY },
    } as const;
    this.action('options', { detail: false, summary: 'Tell which ways in there are', response: SignInOptions });
    this.action('signIn', {
      ...open,
      problems: { 401: 'Something is wrong, or a code is needed too.', 403: FOREIGN, 503: BUSY },
      summary: 'Sign in with a password',
      body: SignIn,
      response: SignedIn,
    });
    this.action('setup', { ...open, summary: 'Set up the first owner', body: SetUp, response: SignedIn, status: 201 });
    this.action('link', {
      ...open,
      problems: { 401: 'A code is needed too, or it is wrong: the link is still good.', 403: FOREIGN, 503: BUSY },
      summary: 'Sign in with a one-time link',
      body: LinkSignIn,
      response: SignedIn,
    });
    this.action('acceptInvitation', {
      ...open,
      summary: 'Accept an invitation',
      description:
        'Somebody new gives a name and a password. Who is known already signs in first, and gives a new password if their address is not proven.',
      problems: {
        401: 'There is an account: sign in first.',
        403: FOREIGN,
        422: 'The policy of the tenant allows no more members.',
        503: BUSY,
      },
      body: InvitationAccept,
      response: SignedIn,
    });
    this.action('requestPasswordReset', {
      ...open,
      summary: 'Ask for a link to choose a new password',
      description: 'The answer is the same whether or not there is such an account.',
      body: PasswordResetRequest,
      response: Requested,
      status: 202,
    });
    this.action('resetPassword', { ...open, summary: 'Choose a new password with a link', body: PasswordReset, status: 204 });
  }
  override permissions = allow(AllowAny);
  override authentication: readonly Authenticator[] | undefined = [];
  override tag = 'Sign-in';
  override tagDescription: string | undefined =
    'How people come in and look after their account. The pages of this server use it; programs use API keys instead.';

  /** A session that has ended must not keep anybody from a new one; who is invited may have one that goes on. */
  override getAuthenticators(ctx: Context): readonly Authenticator[] {
    return ctx.route.action === 'acceptInvitation' ? optionalSession(ctx) : [];
  }

  async options(ctx: Context): Promise<z.input<typeof SignInOptions>> {
    const { people, singleSignOn } = ctx.services;
    ctx.reply.header('cache-control', 'no-store');
    return {
      needs_setup: await people.isNew(),
      oidc: singleSignOn ? { name: singleSignOn.name, url: ctx.api.reverse('single-sign-on.start') } : null,
      mail: people.options.mailer.isSetUp,
    };
  }

  async signIn(ctx: Context<z.output<typeof SignIn>>): Promise<z.input<typeof SignedIn>> {
    return this.attempt(ctx, async ({ people }, client) => signInReply(ctx, await people.signIn(ctx.body, client)));
  }

  async setup(ctx: Context<z.output<typeof SetUp>>): Promise<z.input<typeof SignedIn>> {
    return this.attempt(ctx, async ({ people }, client) => signInReply(ctx, await people.setUp(ctx.body, client)));
  }

  async link(ctx: Context<z.output<typeof LinkSignIn>>): Promise<z.input<typeof SignedIn>> {
    return this.attempt(ctx, async ({ people }, client) => signInReply(ctx, await people.signInByLink(ctx.body, client)));
  }

  async acceptInvitation(ctx: Context<z.output<typeof InvitationAccept>>): Promise<z.input<typeof SignedIn>> {
    return this.attempt(ctx, async ({ invitations, people }, client) => {
      const { principal } = ctx;
      const token = presentedToken(ctx, people.options.secret());
      const session = principal && token ? { principal, token } : undefined;
      return signInReply(ctx, await invitations.accept(ctx.body, session, client));
    });
  }

  async requestPasswordReset(ctx: Context<z.output<typeof PasswordResetRequest>>): Promise<z.input<typeof Requested>> {
    await this.attempt(ctx, ({ people }, client) => people.requestReset(ctx.body.email, client));
    return { message: 'If there is such an account, a link is on its way.' };
  }

  async resetPassword(ctx: Context<z.output<typeof PasswordReset>>): Promise<void> {
    return this.attempt(ctx, ({ people }, client) => people.resetPassword(ctx.body, client));
  }

  private attempt<T>(ctx: Context, work: (services: AppServices, client: Client) => Promise<T>): Promise<T> {
    const { people } = ctx.services;
    // What carries no browser's headers sets no browser's cookies, and may be a program that signs in.
    if (headerOf(ctx.request, 'origin') !== undefined || headerOf(ctx.request, 'sec-fetch-site') !== undefined)
      requireOwnPage(ctx, people.options.publicUrl());
    return people.signInLimit.run(() => work(ctx.services, clientOf(ctx)));
  }
}
