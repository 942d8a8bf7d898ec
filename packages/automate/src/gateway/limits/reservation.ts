import type { Account } from './account.ts';

/** Room that a call has in every budget it counts in, until it is settled or released. */
export interface Reservation {
  /** Charges what was used, and gives the rest back. Whatever is called after the first time does nothing. */
  settle(actual: { readonly tokens: number; readonly nanos: number | null }): void;
  /** Gives all of it back: nothing was used. */
  release(): void;
  /** `RateLimit-Policy` and `RateLimit` of the tightest limit of requests, as far as this process knows it; undefined where there is none. */
  readonly headers: Readonly<Record<string, string>> | undefined;
}

export interface Share {
  readonly account: Account;
  readonly units: number;
}

/** Where no budget counts. */
export const UNLIMITED: Reservation = Object.freeze({ settle() {}, release() {}, headers: undefined });

/** @param onSettled told of each account, and whether more was used than there was in hand */
export function createReservation(
  shares: readonly Share[],
  onSettled: (account: Account, isOverdrawn: boolean) => void,
): Reservation {
  let isOpen = true;
  function close(usedOf: (share: Share) => number): void {
    if (!isOpen) return;
    isOpen = false;
    for (const share of shares) onSettled(share.account, share.account.settle(share.units, usedOf(share)));
  }
  return {
    settle: ({ tokens, nanos }) =>
      close(({ account, units }) => {
        if (account.budget.metric === 'requests') return 1;
        // What it has cost is not known: what was expected holds.
        return account.budget.metric === 'tokens' ? Math.round(tokens) : Math.round(nanos ?? units);
      }),
    release: () => close(() => 0),
    get headers() {
      return headersOf(shares.map(({ account }) => account));
    },
  };
}

const SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3_600, day: 86_400, week: 604_800, month: 2_592_000 };

/** draft-ietf-httpapi-ratelimit-headers. */
function headersOf(accounts: readonly Account[]): Readonly<Record<string, string>> | undefined {
  const left = (account: Account) => account.remaining + account.unused;
  const [tightest] = accounts
    .filter(({ budget }) => budget.metric === 'requests' && budget.isHard && budget.period !== 'total')
    .sort((a, b) => left(a) - left(b));
  if (!tightest) return undefined;
  const { period, units } = tightest.budget;
  const seconds = Math.max(1, Math.ceil((tightest.endsAt - performance.now()) / 1_000));
  return {
    'ratelimit-policy': `"requests-${period}";q=${units};w=${SECONDS[period]}`,
    ratelimit: `"requests-${period}";r=${Math.max(0, Math.floor(left(tightest)))};t=${seconds}`,
  };
}
