import { LANES_PER_CLAIM } from '../store/claim.store.ts';

/** Lanes that have said that they have work, so that those with little in hand need not wait for their turn. */
export interface Newcomers {
  announce(lanes: readonly string[]): void;
  has(): boolean;
  forget(): void;
  /**
   * Lanes to claim from now, and how many jobs at most; undefined when none has little in hand. Those without a place are remembered.
   * @param places how many jobs may be claimed
   */
  choose(
    places: number,
    heldOf: (lane: string) => number,
  ): { readonly lanes: readonly string[]; readonly limit: number } | undefined;
}

/** A lane with fewer in hand has little. */
const LITTLE = 10;
/** Most lanes that are remembered: of more than these, the walk through the lanes is the fair way. */
const MOST = 100;

/** @param own the lanes that may be claimed from. Default: all */
export function createNewcomers(own?: readonly string[]): Newcomers {
  /** In the order they said so. */
  const announced = new Set<string>();
  return {
    announce(lanes) {
      for (const lane of lanes) {
        if (own && !own.includes(lane)) continue;
        announced.delete(lane);
        announced.add(lane);
      }
      for (const oldest of announced) {
        if (announced.size <= MOST) break;
        announced.delete(oldest);
      }
    },
    has: () => announced.size > 0,
    forget: () => announced.clear(),
    choose(places, heldOf) {
      const waiting = [...announced].filter((lane) => heldOf(lane) < LITTLE);
      announced.clear();
      if (waiting.length === 0) return undefined;
      // The latest first, since those before them may come with the walk.
      const lanes = places > 0 ? waiting.splice(-Math.min(places, LANES_PER_CLAIM)) : [];
      for (const lane of waiting) announced.add(lane);
      const wanted = lanes.reduce((sum, lane) => sum + LITTLE - heldOf(lane), 0);
      return { lanes, limit: Math.min(wanted, Math.max(places, 0)) };
    },
  };
}
