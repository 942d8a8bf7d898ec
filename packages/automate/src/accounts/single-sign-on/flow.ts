import { createHash, randomBytes } from 'node:crypto';
import type { Db } from '../../db/index.ts';
import { openBytes, sealBytes } from '../../governance/index.ts';
import { singleSignOnErrors } from './errors.ts';
import { insertFlow, takeFlow } from './flow.store.ts';
import type { Journey } from './provider.ts';

/** One sign-in that is under way, in one browser. */
export interface Flow extends Journey {
  /** Path to go to afterwards. */
  readonly next: string;
}

/** Sign-ins under way. Each belongs to the browser that began it, ends once, and is void after ten minutes. */
export interface Flows {
  /** @param browser what the browser's cookie holds: others of its tabs may be under way too */
  begin(next: string, browser: string | undefined): Promise<{ flow: Flow; cookie: string }>;
  /** @throws AppError `flow_expired` for one that is unknown, of another browser, over or too old */
  end(state: string | undefined, browser: string | undefined): Promise<Flow>;
}

export const FLOW_COOKIE = '__Host-automate_oidc';
const FLOW_SECONDS = 600;
/** Each has a key of its own, so that none opens in place of another. */
const CONTEXT = 'sign-in flow';
const SECRET = /^[\w-]{43}$/;

export function createFlows(db: Db): Flows {
  return {
    async begin(next, given) {
      const browser = given !== undefined && SECRET.test(given) ? given : secret();
      const flow: Flow = { state: secret(), nonce: secret(), verifier: secret(), next };
      const value = sealBytes(sealOf(flow.state, browser), Buffer.from(JSON.stringify(flow)), CONTEXT);
      await insertFlow(db, { key: keyOf(flow.state, browser), value, seconds: FLOW_SECONDS });
      // Lax: the provider sends the browser back by a link, and with Strict it would come without the cookie.
      const cookie = `${FLOW_COOKIE}=${browser}; Max-Age=${FLOW_SECONDS}; Path=/; HttpOnly; Secure; SameSite=Lax`;
      return { flow, cookie };
    },
    async end(state, browser) {
      const isWellFormed = state !== undefined && browser !== undefined && SECRET.test(state) && SECRET.test(browser);
      const found = isWellFormed ? await takeFlow(db, keyOf(state, browser)) : undefined;
      if (!isWellFormed || found === undefined)
        throw singleSignOnErrors.flow_expired('No sign-in of this browser is under way under this state.');
      const opened = openBytes(sealOf(state, browser), found, CONTEXT);
      return JSON.parse(opened.toString('utf8')) as Flow;
    },
  };
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

/** Only who has both the state and the cookie finds the flow: one that was sent to somebody else does not let them in. */
function keyOf(state: string, browser: string): Buffer {
  return createHash('sha256').update(`${state}.${browser}`).digest();
}

/** The key that a flow is sealed with, which is nowhere but with that browser: a copy of the table opens none. */
function sealOf(state: string, browser: string): Uint8Array {
  return createHash('sha256').update(`flow ${state}.${browser}`).digest();
}
