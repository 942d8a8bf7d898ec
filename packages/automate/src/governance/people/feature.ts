import { ApiRouter } from '../../api/index.ts';
import { defineFeature } from '../../platform/index.ts';
import { accountActions } from '../audit/actions.ts';
import { accountCommands } from '../commands/commands.ts';
import { pagesRouter } from '../pages/views.ts';
import { SingleSignOnViewSet } from '../single-sign-on/viewsets.ts';
import { InvitationModel } from '../tenants/schemas.ts';
import { InvitationViewSet } from '../tenants/viewsets.ts';
import { createPeople } from './create-people.ts';
import { UserModel } from './schemas.ts';
import { SessionViewSet } from './session.viewsets.ts';
import { accountSettings, accountSettingsOf } from './settings.ts';
import { SignInViewSet } from './sign-in.viewsets.ts';
import { UserViewSet } from './user.viewsets.ts';

/** People: how they sign in, and the pages they do it on. */
export const accounts = defineFeature({
  name: 'accounts',
  needs: ['outboundSettings', 'throttle', 'keyring', 'audit', 'policies', 'roles', 'apiKeys'],
  provides: ['people', 'invitations', 'singleSignOn'],
  settings: accountSettings,
  auditActions: accountActions,
  migrations: { directory: new URL('./migrations/', import.meta.url), schema: undefined },
  commands: accountCommands,
  models: [InvitationModel, UserModel],
  routes: () =>
    new ApiRouter()
      .register('api/auth', SignInViewSet, { basename: 'sign-in' })
      .register('api/auth', SingleSignOnViewSet, { basename: 'single-sign-on' })
      .register('api/auth', SessionViewSet, { basename: 'session' })
      .register('api/v1/invitations', InvitationViewSet, { basename: 'invitation' })
      .register('api/v1/users', UserViewSet, { basename: 'user' })
      .include('', pagesRouter()),
  async create({ db, logger, core, settings, services, publicUrl }) {
    const { people, invitations, singleSignOn, sessions, bootstrap, sweep, close } = await createPeople({
      db,
      logger,
      settings: accountSettingsOf(settings),
      publicUrlSetting: core.publicUrl,
      ...services,
      publicUrl,
    });
    return {
      services: { people, invitations, singleSignOn },
      authenticators: [sessions.authenticator],
      prepare: bootstrap,
      sweep,
      close,
    };
  },
});
