import { abortable } from './deadline.ts';
import { outboundErrors } from './errors.ts';
import type { Guard } from './policy.ts';
import type { Resolve } from './resolve.ts';
import type { Target } from './target.ts';

/** Decides which addresses a target may be called at. */
export interface Admission {
  /** Everything that has to hold before a connection may be opened; returns the addresses it may go to. @throws AppError `outbound_refused` */
  admit(target: Target, signal: AbortSignal): Promise<readonly string[]>;
  /** The part of it that needs no look-up. @throws AppError `outbound_refused` */
  checkText(target: Target): void;
}

export interface AdmissionOptions {
  readonly guard: Guard;
  readonly resolve: Resolve;
  /** Whether a proxy resolves names. */
  readonly isProxied: boolean;
}

const RESOLVE_TIMEOUT_MS = 5_000;

export function createAdmission({ guard, resolve, isProxied }: AdmissionOptions): Admission {
  function checkText(target: Target): void {
    guard.checkTarget(target);
    if (target.literal) guard.checkAddresses(target, [target.literal]);
  }

  return {
    checkText,
    async admit(target, signal) {
      checkText(target);
      if (target.literal) return [target.literal];
      // Its address is the proxy's matter, and this machine may not even know the name.
      if (isProxied) return [target.host];
      const lookup = resolve(target.host, { isLocal: guard.isListed(target) });
      const addresses = await abortable(lookup, signal, RESOLVE_TIMEOUT_MS).catch((cause) => {
        // A name that does not exist stays away; any other failure of the look-up may pass, so it keeps its own code.
        if (!['ENOTFOUND', 'ENODATA'].includes(cause?.code)) throw cause;
        throw outboundErrors.outbound_refused(`The host ${target.host} could not be found.`, { cause });
      });
      guard.checkAddresses(target, addresses);
      return addresses;
    },
  };
}
