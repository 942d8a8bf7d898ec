import type { EffectivePrice } from 'automate-client';

/** A price as the list shows it. */
export type Listed = EffectivePrice & { readonly id: string };

type Rates = NonNullable<EffectivePrice['rates']>;

/** A price as people read it; with tiers, the one of small inputs with a `+`. */
export function rateText(rate: Rates[keyof Rates] | undefined): string {
  if (rate === null || rate === undefined) return '–';
  return typeof rate === 'string' ? `$${short(rate)}` : `$${short(rate.base)}+`;
}

/** All tiers, for whoever points at it. */
export function rateTitle(rate: Rates[keyof Rates] | undefined): string | undefined {
  if (rate === null || rate === undefined || typeof rate === 'string') return undefined;
  return [`$${short(rate.base)}`, ...rate.tiers.map(({ start, price }) => `> ${start.toLocaleString()}: $${short(price)}`)].join(
    ' · ',
  );
}

/** Two places at least, and no zeros beyond. */
export function short(decimal: string): string {
  const [whole, rest = ''] = decimal.split('.');
  return `${whole}.${rest.replace(/0+$/, '').padEnd(2, '0')}`;
}
