import { ApiRouter } from '../api/index.ts';
import { defineFeature } from '../platform/index.ts';
import { accountActions } from './actions.ts';
import { SessionViewSet } from './auth/session.viewsets.ts';
import { SignInViewSet } from './auth/sign-in.viewsets.ts';
import { accountCommands } from './commands/commands.ts';
import { createPeople } from './create-people.ts';
import { InvitationModel } from './invitations/schemas.ts';
import { InvitationViewSet } from './invitations/viewsets.ts';
import { maximumMembers } from './members/rules.ts';
import { MemberModel } from './members/schemas.ts';
import { MemberViewSet } from './members/viewsets.ts';
import { pagesRouter } from './pages/views.ts';
import { UserModel } from './people/schemas.ts';
import { accountRoles } from './roles.ts';
import { accountSettings, accountSettingsOf } from './settings.ts';
import { SingleSignOnViewSet } from './single-sign-on/viewsets.ts';
import { accountPages } from './studio-pages.ts';
import { TenantModel } from './tenants/schemas.ts';
import { TenantViewSet } from './tenants/viewsets.ts';
import { UserViewSet } from './users/viewsets.ts';
import { accountWizards } from './wizards.ts';

/** Tenants and their people: members, invitations, how people sign in, and the pages they do it on. */
export const accounts = defineFeature({
  name: 'accounts',
  needs: ['outboundSettings', 'throttle', 'keyring', 'audit', 'policies', 'roles', 'apiKeys'],
  provides: ['people', 'currentSession', 'invitations', 'singleSignOn'],
  settings: accountSettings,
  auditActions: accountActions,
  migrations: { directory: new URL('./migrations/', import.meta.url), schema: undefined },
  commands: accountCommands,
  models: [TenantModel, MemberModel, InvitationModel, UserModel],
  roles: accountRoles,
  policies: [maximumMembers],
  wizards: accountWizards,
  pages: accountPages,
  routes: () =>
    new ApiRouter()
      .register('api/auth', SignInViewSet, { basename: 'sign-in' })
      .register('api/auth', SingleSignOnViewSet, { basename: 'single-sign-on' })
      .register('api/auth', SessionViewSet, { basename: 'session' })
      .register('api/v1/tenants', TenantViewSet, { basename: 'tenant' })
      .register('api/v1/members', MemberViewSet, { basename: 'member' })
      .register('api/v1/invitations', InvitationViewSet, { basename: 'invitation' })
      .register('api/v1/users', UserViewSet, { basename: 'user' })
      .include('', pagesRouter()),
  async create({ db, logger, core, settings, services, publicUrl }) {
    const { people, currentSession, invitations, singleSignOn, sessions, bootstrap, sweep, close } = await createPeople({
      db,
      logger,
      settings: accountSettingsOf(settings),
      publicUrlSetting: core.publicUrl,
      ...services,
      publicUrl,
    });
    return {
      services: { people, currentSession, invitations, singleSignOn },
      authenticators: [sessions.authenticator],
      prepare: bootstrap,
      sweep,
      close,
    };
  },
});
