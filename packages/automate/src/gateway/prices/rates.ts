import { totalTokens, type Usage } from '../usage/usage.ts';

/** Nano-dollars for one of something; with tiers, all of it costs the price of the last one whose start the whole input exceeds. */
export type Rate =
  | number
  | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] };

/** What a model costs. Null: not known. */
export interface Rates {
  readonly input: Rate | null;
  readonly cacheRead: Rate | null;
  readonly cacheWrite: Rate | null;
  readonly output: Rate | null;
  readonly reasoning: Rate | null;
  readonly request: number | null;
  readonly image: number | null;
  readonly second: number | null;
  /** Fewer seconds cost as many as these. */
  readonly leastSeconds?: number;
}

/** What of a call is not counted in tokens. */
export interface Measured {
  readonly images?: number | undefined;
  /** Of audio or video. */
  readonly seconds?: number | undefined;
  /** Something was used that nobody counted, such as what a voice has said: only a price by the call is known then. */
  readonly isUncounted?: boolean | undefined;
}

export const FREE: Rates = Object.freeze({
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  output: 0,
  reasoning: 0,
  request: 0,
  image: 0,
  second: 0,
});

/** Whole nano-dollars of one call; null when anything that was used has no price. */
export function costOf(rates: Rates, usage: Usage, { images = 0, seconds = 0, isUncounted }: Measured = {}): number | null {
  if (isUncounted && totalTokens(usage) === 0 && images === 0 && seconds === 0) return byCall(rates);
  const whole = usage.input + usage.cacheRead + usage.cacheWrite;
  const tokens = whole + usage.output + usage.reasoning;
  const parts = [
    part(rates.input, usage.input, whole),
    part(rates.cacheRead ?? rates.input, usage.cacheRead, whole),
    part(rates.cacheWrite ?? rates.input, usage.cacheWrite, whole),
    part(rates.output, usage.output, whole),
    part(rates.reasoning ?? rates.output, usage.reasoning, whole),
    // What is paid by the token is not paid again by what the tokens stand for.
    rates.image === null && tokens > 0 ? 0 : part(rates.image, images, whole),
    rates.second === null && tokens > 0
      ? 0
      : part(rates.second, seconds > 0 ? Math.max(seconds, rates.leastSeconds ?? 0) : 0, whole),
  ];
  let sum = rates.request ?? 0;
  for (const cost of parts) {
    if (cost === null) return null;
    sum += cost;
  }
  const isMeasured = tokens > 0 || images > 0 || seconds > 0;
  return isMeasured || rates.request !== null || rates.input !== null ? Math.round(sum) : null;
}

/** What a call costs whatever is used in it; null where more would have to be counted. */
function byCall({ request, input, output, image, second }: Rates): number | null {
  return [input, output, image, second].every((rate) => rate === null || rate === 0) ? request : null;
}

function part(rate: Rate | null, amount: number, whole: number): number | null {
  if (amount <= 0) return 0;
  if (rate === null) return null;
  if (typeof rate === 'number') return rate * amount;
  let { base: price } = rate;
  for (const tier of rate.tiers) if (whole > tier.start) price = tier.price;
  return price * amount;
}
