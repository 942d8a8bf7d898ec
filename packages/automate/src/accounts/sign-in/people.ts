import type { Db, Queryable } from '../../db/index.ts';
import type { Audit, RoleName, Roles } from '../../governance/index.ts';
import { type Logger, newId, type Principal, type ThrottleStore } from '../../kernel/index.ts';
import { createLinks } from '../people/links.ts';
import type { Mailer } from '../people/mail.ts';
import { insertMember, type Membership, membershipsOf } from '../people/member.store.ts';
import { findUser, insertUser, setPassword, type UserRow } from '../people/person.store.ts';
import { createProof } from '../people/proof.ts';
import { createRecords } from '../people/records.ts';
import type { SecondFactor } from '../second-factor/second-factor.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { createAdmission } from './admission.ts';
import { createAttempts } from './attempts.ts';
import { createFirstOwner } from './first-owner.ts';
import { createLinkSignIn } from './link-sign-in.ts';
import { createPasswordReset } from './password-reset.ts';
import { createPasswordSignIn } from './password-sign-in.ts';
import { createSecondFactorAdmission } from './second-factor-admission.ts';
import { createSignInLimit } from './sign-in-limit.ts';

declare module '../../api/index.ts' {
  interface AppServices {
    readonly people: People;
  }
}

export interface PeopleOptions {
  readonly db: Db;
  readonly audit: Audit;
  readonly throttle: ThrottleStore;
  readonly sessions: Sessions;
  readonly logger: Logger;
  readonly mailer: Mailer;
  readonly secondFactor: SecondFactor;
  /** Says that API keys have changed. */
  announceKeys(): Promise<void>;
  readonly roles: Roles;
  /** Signs cookies. */
  secret(): string;
  /** Where people reach this installation. */
  publicUrl(): string;
}

export type People = ReturnType<typeof assemblePeople>;

/** Somebody invited who is new here. */
export interface NewMember {
  readonly email: string;
  readonly name: string;
  /** Whether they have shown that the address is theirs. */
  readonly isEmailVerified: boolean;
  /** Of their password; nobody has one who comes in by a provider. */
  readonly hash?: string | undefined;
  readonly tenantId: string;
  readonly role: RoleName;
}

/** People: how they come in and how they sign in, put together from a file for each way. */
export function assemblePeople(options: PeopleOptions) {
  const { db, audit, throttle, sessions, secondFactor, announceKeys } = options;
  const attempts = createAttempts(throttle);
  const links = createLinks(db);
  const records = createRecords(audit);
  const admission = createAdmission({ ...options, records });
  const proof = createProof({ audit, records });
  /** What was taken from an account holds in every process at once. */
  const announce = async () => {
    await sessions.announce();
    await announceKeys();
  };
  const withCode = createSecondFactorAdmission({ admission, records, secondFactor });
  return {
    options,
    secondFactor,
    signInLimit: createSignInLimit(),
    proof,
    announce,
    ...attempts,
    ...links,
    ...records,
    ...admission,
    ...createFirstOwner({ db, attempts, links, records, admission }),
    ...createLinkSignIn({ db, attempts, admission: withCode }),
    ...createPasswordSignIn({ ...options, attempts, records, admission: withCode }),
    ...createPasswordReset({ ...options, attempts, records, links, proof, announce }),
    /** Whoever is signed in, or whose key it is. */
    personOf: async ({ userId }: Pick<Principal, 'userId'>): Promise<UserRow | undefined> =>
      userId === undefined ? undefined : findUser(db, { id: userId }),
    memberships: (userId: string): Promise<Membership[]> => membershipsOf(db, userId),
    /** Makes a person who was invited and is new here. @returns their id */
    async createMember(transaction: Queryable, { hash, isEmailVerified, ...person }: NewMember): Promise<string> {
      const id = newId();
      await insertUser(transaction, { id, email: person.email, name: person.name, isStaff: false, isEmailVerified });
      if (hash !== undefined) await setPassword(transaction, id, hash);
      await insertMember(transaction, { ...person, id: newId(), userId: id });
      return id;
    },
  };
}
