import type { Db } from '../../db/index.ts';
import { errorMessage, type Logger } from '../../kernel/index.ts';
import type { Client } from '../people/client.ts';
import { digest, invalidLink, type Links } from '../people/links.ts';
import type { Mailer } from '../people/mail.ts';
import { consumeToken, removeTokens } from '../people/one-time-token.store.ts';
import { hashPassword, requireGoodPassword } from '../people/password.ts';
import { findUser, lockUser, setPassword } from '../people/person.store.ts';
import type { Proof } from '../people/proof.ts';
import type { Records } from '../people/records.ts';
import { removeSessionsOf } from '../sessions/session.store.ts';
import type { Attempts } from './attempts.ts';

export interface PasswordResetOptions {
  readonly db: Db;
  readonly attempts: Attempts;
  readonly records: Records;
  readonly links: Links;
  readonly proof: Proof;
  readonly mailer: Mailer;
  readonly logger: Logger;
  /** Says that sessions and keys have changed. */
  announce(): Promise<void>;
  /** Where people reach this installation. */
  publicUrl(): string;
}

/** Passwords that were forgotten. */
export function createPasswordReset(options: PasswordResetOptions) {
  const { db, attempts, records, links, proof, mailer, logger, announce, publicUrl } = options;

  async function mailLink(email: string): Promise<void> {
    const user = await findUser(db, { email });
    if (!user || user.disabled_at !== null) return;
    const link = publicUrl() + (await links.resetLink(user.id, user.email));
    const text = `Choose a new password within a day:\n\n${link}\n\nIf you did not ask for this, do nothing.\n`;
    mailer.send({ to: user.email, subject: 'Choose a new password', text });
  }

  return {
    /** Mails a link to choose a new password, if there is such an account. The caller learns nothing of that, nor does the clock. */
    async requestReset(address: string, client: Client): Promise<void> {
      const email = address.toLowerCase();
      await attempts.requireAttempts(client, `forgot:${email}`);
      setImmediate(() =>
        mailLink(email).catch((error: unknown) => logger.warn({ reason: errorMessage(error) }, 'no reset link made')),
      );
    },

    /** Sets a new password by a link, ends all sessions, and signs in nobody: a second factor is still asked for. One that was
     * mailed proves the address; one that was shown leaves it in doubt, since others have seen it.
     * @throws AppError `link_invalid` */
    async resetPassword({ token, password }: { token: string; password: string }, client: Client): Promise<void> {
      await attempts.requireAttempts(client);
      const hash = await hashPassword(password);
      await db.transaction(async (transaction) => {
        const found = await consumeToken(transaction, digest(token), 'reset_password');
        const user = found?.user_id ? await lockUser(transaction, { id: found.user_id }) : undefined;
        const isMailed = typeof found?.mailed_to === 'string';
        // One that went to an address of before is not the owner's any more.
        if (!user || user.disabled_at !== null || (isMailed && found.mailed_to !== user.email)) throw invalidLink();
        requireGoodPassword(password, user);
        if (isMailed) await proof.prove(transaction, user, client, 'mail');
        else await proof.doubt(transaction, user);
        await setPassword(transaction, user.id, hash);
        await removeSessionsOf(transaction, user.id);
        await removeTokens(transaction, 'reset_password', user.id);
        await records.recordForAll(transaction, user, client, 'password.reset');
      });
      await announce();
    },
  };
}
