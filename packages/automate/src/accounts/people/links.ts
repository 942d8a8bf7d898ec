import { createHash, randomBytes } from 'node:crypto';
import type { Db } from '../../db/index.ts';
import type { AppError } from '../../kernel/index.ts';
import { peopleErrors } from './errors.ts';
import { insertToken, type NewToken, removeTokens } from './one-time-token.store.ts';

/** Links that work once. Only the hash of what they hold is kept, and a new one voids those of its kind. */
export interface Links {
  /** @returns the token; whoever has it may use it once, for so many seconds */
  issue(token: NewToken): Promise<string>;
  /** A path that lets its holder choose a new password, once. @param mailedTo the address it is sent to, if nobody else gets to see it */
  resetLink(userId: string, mailedTo?: string): Promise<string>;
}

const RESET_SECONDS = 86_400;

export function createLinks(db: Db): Links {
  const links: Links = {
    async issue(wanted) {
      const token = randomBytes(32).toString('base64url');
      await db.transaction(async (transaction) => {
        await removeTokens(transaction, wanted.purpose, wanted.userId);
        await insertToken(transaction, { ...wanted, hash: digest(token) });
      });
      return token;
    },
    async resetLink(userId, mailedTo) {
      const token = {
        purpose: 'reset_password',
        userId,
        seconds: RESET_SECONDS,
        ...(mailedTo !== undefined && { mailedTo }),
      } as const;
      return `/reset-password/#token=${await links.issue(token)}`;
    },
  };
  return links;
}

/** SHA-256 of a token of a link: 256 random bits need no slow hash. */
export function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export function invalidLink(): AppError {
  const message = 'The link was used already, has expired or was never made: ask for a new one.';
  return peopleErrors.link_invalid(message, { errors: [{ pointer: '/token', code: 'link_invalid', message }] });
}
