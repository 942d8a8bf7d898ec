import type { z } from 'zod';
import { AllowAny, type Authenticator, allow, BaseViewSet, type Context, headerOf } from '../../api/index.ts';
import { InvitationAccept, type Invitations } from '../tenants/invitations.ts';
import { optionalSession } from './optional-session.ts';
import { clientOf, requireOwnPage, welcome } from './requests.ts';
import { LinkSignIn, PasswordReset, PasswordResetRequest, SetUp, SignedIn, SignIn } from './schemas.ts';
import '../services.ts';

/** The ways in, for whoever has no session yet. Attempts are counted by account and by network. */
export class SignInViewSet extends BaseViewSet {
  static {
    const open = {
      detail: false,
      methods: ['post'],
      idempotent: false,
      problems: { 403: 'Sent by the page of another site.' },
    } as const;
    this.action('signIn', {
      ...open,
      problems: {
        401: 'Something is wrong, or a code is needed too.',
        403: 'Sent by the page of another site.',
        503: 'Too many at once.',
      },
      summary: 'Sign in with a password',
      body: SignIn,
      response: SignedIn,
    });
    this.action('setup', { ...open, summary: 'Set up the first owner', body: SetUp, response: SignedIn, status: 201 });
    this.action('link', { ...open, summary: 'Sign in with a one-time link', body: LinkSignIn, response: SignedIn });
    this.action('acceptInvitation', {
      ...open,
      summary: 'Accept an invitation',
      description: 'Somebody new gives a name and a password. Who is known already signs in first.',
      problems: { 401: 'There is an account: sign in first.', 403: 'Sent by the page of another site.' },
      body: InvitationAccept,
      response: SignedIn,
    });
    this.action('requestPasswordReset', {
      ...open,
      summary: 'Ask for a link to choose a new password',
      description: 'The answer is the same whether or not there is such an account.',
      body: PasswordResetRequest,
      status: 204,
    });
    this.action('resetPassword', { ...open, summary: 'Choose a new password with a link', body: PasswordReset, status: 204 });
  }
  override permissions = allow(AllowAny);
  override authentication: readonly Authenticator[] | undefined = [];
  override tag = 'auth';

  /** A session that has ended must not keep anybody from a new one; who is invited may have one that goes on. */
  override getAuthenticators(ctx: Context): readonly Authenticator[] {
    return ctx.route.action === 'acceptInvitation' ? optionalSession(ctx) : [];
  }

  async signIn(ctx: Context<z.output<typeof SignIn>>): Promise<z.input<typeof SignedIn>> {
    const { people } = this.opened(ctx);
    return welcome(ctx, await people.signIn(ctx.body, clientOf(ctx)));
  }

  async setup(ctx: Context<z.output<typeof SetUp>>): Promise<z.input<typeof SignedIn>> {
    const { people } = this.opened(ctx);
    return welcome(ctx, await people.setUp(ctx.body, clientOf(ctx)));
  }

  async link(ctx: Context<z.output<typeof LinkSignIn>>): Promise<z.input<typeof SignedIn>> {
    const { people } = this.opened(ctx);
    return welcome(ctx, await people.signInByLink(ctx.body.token, clientOf(ctx)));
  }

  async acceptInvitation(ctx: Context<z.output<typeof InvitationAccept>>): Promise<z.input<typeof SignedIn>> {
    const { invitations } = this.opened(ctx);
    return welcome(ctx, await invitations.accept(ctx.body, ctx.principal, clientOf(ctx)));
  }

  async requestPasswordReset(ctx: Context<z.output<typeof PasswordResetRequest>>): Promise<void> {
    const { people } = this.opened(ctx);
    await people.requestReset(ctx.body.email, clientOf(ctx));
  }

  async resetPassword(ctx: Context<z.output<typeof PasswordReset>>): Promise<void> {
    const { people } = this.opened(ctx);
    await people.resetPassword(ctx.body, clientOf(ctx));
  }

  private opened(ctx: Context): { people: typeof ctx.services.people; invitations: Invitations } {
    const { people, invitations } = ctx.services;
    // What carries no browser's headers sets no browser's cookies, and may be a program that signs in.
    if (headerOf(ctx.request, 'origin') !== undefined || headerOf(ctx.request, 'sec-fetch-site') !== undefined)
      requireOwnPage(ctx, people.options.publicUrl());
    return { people, invitations };
  }
}
