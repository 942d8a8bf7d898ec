import { createHash } from 'node:crypto';

/** A version with its share of the calls. */
export interface Variant {
  readonly version: number;
  readonly weight: number;
}

/** What keeps its variant. */
export type Sticky = 'caller' | 'key';

/**
 * Which version a call gets. With a seed it is the same every time, in every process; when weights are changed, no more
 * seeds move than have to.
 * @param seed undefined: it is drawn anew
 * @param random from 0 to below 1
 */
export function chooseVariant(
  variants: readonly Variant[],
  seed: string | undefined,
  random: () => number = Math.random,
): number {
  const sorted = [...variants].sort((one, other) => one.version - other.version);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let place = (seed === undefined ? random() : placeOf(seed)) * total;
  for (const { version, weight } of sorted) {
    place -= weight;
    if (place < 0) return version;
  }
  return (sorted.at(-1) as Variant).version;
}

/** From 0 to below 1, evenly. */
function placeOf(seed: string): number {
  return createHash('sha256').update(seed).digest().readUIntBE(0, 6) / 2 ** 48;
}
