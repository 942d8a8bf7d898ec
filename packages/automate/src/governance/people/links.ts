import { createHash, randomBytes } from 'node:crypto';
import type { Db } from '../../db/index.ts';
import type { AppError } from '../../kernel/index.ts';
import { peopleErrors } from './errors.ts';
import { insertToken, removeTokens, type TokenPurpose } from './person.store.ts';

/** Links that work once. Only the hash of what they hold is kept, and a new one voids those of its kind. */
export interface Links {
  /** @returns the token; whoever has it may use it once, for so many seconds */
  issue(purpose: TokenPurpose, userId: string | null, seconds: number): Promise<string>;
  /** A path that lets its holder choose a new password, once. */
  resetLink(userId: string): Promise<string>;
}

const RESET_SECONDS = 86_400;

export function createLinks(db: Db): Links {
  const links: Links = {
    async issue(purpose, userId, seconds) {
      const token = randomBytes(32).toString('base64url');
      await db.transaction(async (transaction) => {
        await removeTokens(transaction, purpose, userId);
        await insertToken(transaction, { hash: digest(token), purpose, userId, seconds });
      });
      return token;
    },
    async resetLink(userId) {
      return `/reset-password/#token=${await links.issue('reset_password', userId, RESET_SECONDS)}`;
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
