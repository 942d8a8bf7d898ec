import type { Db } from '../db/index.ts';
import type { ApiKeys, Audit, CurrentSession, Keyring, Policies, Roles } from '../governance/index.ts';
import { type Logger, newId, type ThrottleStore } from '../kernel/index.ts';
import type { OutboundSettings } from '../outbound/index.ts';
import { removeExpired } from './expired.store.ts';
import { Invitations } from './invitations/invitations.ts';
import { createMailer } from './people/mail.ts';
import { hashPassword } from './people/password.ts';
import { lockSetUp } from './people/person.store.ts';
import { createSecondFactor } from './second-factor/second-factor.ts';
import { createCurrentSession } from './sessions/current-session.ts';
import { createSessions, type Sessions } from './sessions/sessions.ts';
import type { AccountSettings } from './settings.ts';
import { assemblePeople, type People } from './sign-in/people.ts';
import { createSingleSignOn, type SingleSignOn } from './single-sign-on/single-sign-on.ts';

export interface PeopleParts {
  readonly people: People;
  readonly sessions: Sessions;
  readonly currentSession: CurrentSession;
  readonly invitations: Invitations;
  readonly singleSignOn: SingleSignOn | undefined;
  /** Makes the first staff user of the settings, where there is no user yet. */
  bootstrap(): Promise<void>;
  /** Removes what nobody can use any more. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export interface PeoplePartsOptions {
  readonly db: Db;
  readonly logger: Logger;
  readonly settings: AccountSettings;
  readonly outboundSettings: OutboundSettings;
  /** Where people reach this installation, if the operator has said so. */
  readonly publicUrlSetting: string | undefined;
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly policies: Policies;
  readonly throttle: ThrottleStore;
  readonly roles: Roles;
  readonly apiKeys: Pick<ApiKeys, 'announce'>;
  /** Where people reach this installation. */
  publicUrl(): string;
}

/** Puts together what knows people. */
export async function createPeople(options: PeoplePartsOptions): Promise<PeopleParts> {
  const { db, logger, settings, keyring, audit, policies, throttle, roles, apiKeys, publicUrl } = options;
  const announceKeys = () => apiKeys.announce();
  const secret = () => keyring.systemKey('auth').toString('base64url');
  const sessions = await createSessions({ db, logger, secret, roles, publicUrl: options.publicUrlSetting });
  const mailer = createMailer(settings.mail, logger);
  const people = assemblePeople({
    db,
    audit,
    throttle,
    sessions,
    logger,
    mailer,
    secondFactor: createSecondFactor(keyring),
    roles,
    announceKeys,
    secret,
    publicUrl,
  });
  const invitations = new Invitations({ db, audit, people, policies });
  const singleSignOn = createSingleSignOn({
    db,
    logger,
    provider: settings.oidc,
    outbound: options.outboundSettings,
    people,
    invitations,
  });
  return {
    people,
    sessions,
    currentSession: createCurrentSession(secret),
    invitations,
    singleSignOn,
    async bootstrap() {
      const user = settings.bootstrapUser;
      if (!user || !(await people.isNew())) return;
      const hash = await hashPassword(user.password);
      const name = user.email.split('@')[0] as string;
      await db.transaction(async (transaction) => {
        await lockSetUp(transaction);
        if (await people.isNew(transaction))
          await people.createOwner(transaction, { id: newId(), email: user.email, name, hash });
      });
    },
    sweep: () => removeExpired(db),
    async close() {
      await sessions.close();
      await mailer.close();
      await singleSignOn?.close();
    },
  };
}
