import type { Match, Scan, Search } from '../text/scan-filter.ts';
import { findIpv4, findIpv6 } from './addresses.ts';
import { findEmail } from './emails.ts';
import type { Finder, Found } from './finder.ts';
import { findIban } from './ibans.ts';
import { type NationalIdName, nationalIdFinder } from './national-ids.ts';
import { openEnd } from './open-end.ts';
import { findPaymentCard } from './payment-cards.ts';
import { phoneFinders } from './phones.ts';

export const personalDataKinds = ['email', 'iban', 'payment_card', 'national_id', 'ip_address', 'phone'] as const;
export type PersonalDataKind = (typeof personalDataKinds)[number];

interface KindFinder {
  readonly kind: PersonalDataKind;
  readonly find: Finder;
}

/** The finders of some kinds; of two that begin at one place the first is taken. */
export function personalDataFinders(kinds: readonly PersonalDataKind[], ids: readonly NationalIdName[]): readonly KindFinder[] {
  const finders: Record<PersonalDataKind, readonly Finder[]> = {
    email: [findEmail],
    iban: [findIban],
    payment_card: [findPaymentCard],
    national_id: ids.map(nationalIdFinder),
    ip_address: [findIpv4, findIpv6],
    phone: phoneFinders,
  };
  return personalDataKinds
    .filter((kind) => kinds.includes(kind))
    .flatMap((kind) => finders[kind].map((find) => ({ kind, find })));
}

/** Finds personal data from the left to the right. */
export function scanPersonalData(finders: readonly KindFinder[], text: string, { from, isEnd }: Search): Scan {
  const decided = isEnd ? text.length : openEnd(text, from);
  const next: (Found | undefined)[] = finders.map(({ find }) => find(text, from));
  const matches: Match[] = [];
  let cursor = from;
  for (;;) {
    let best = -1;
    for (const [index, { find }] of finders.entries()) {
      const found = next[index];
      if (found && found.start < cursor) next[index] = find(text, cursor);
      const start = next[index]?.start ?? Number.POSITIVE_INFINITY;
      if (start < (next[best]?.start ?? decided)) best = index;
    }
    const found = next[best];
    if (!found) return { matches, decided: Math.max(cursor, decided) };
    matches.push({ ...found, kind: (finders[best] as KindFinder).kind });
    cursor = found.end;
  }
}
