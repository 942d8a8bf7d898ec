import { LANES_PER_CLAIM } from '../store/claim.store.ts';

/** Lanes that have announced that they have work, so that those with little in flight need not wait for their turn. */
export interface AnnouncedLanes {
  announce(lanes: readonly string[]): void;
  has(): boolean;
  forget(): void;
  /**
   * Lanes to claim from now, and how many jobs at most; undefined when none has little in flight. Those without a place are remembered.
   * @param places how many jobs may be claimed
   */
  choose(
    places: number,
    inFlightOf: (lane: string) => number,
  ): { readonly lanes: readonly string[]; readonly limit: number } | undefined;
}

/** A lane with fewer in flight has little. */
const LITTLE = 10;
/** Most lanes that are remembered: of more than these, the walk through the lanes is the fair way. */
const MOST = 100;

/** @param own the lanes that may be claimed from. Default: all */
export function createAnnouncedLanes(own?: readonly string[]): AnnouncedLanes {
  /** In the order they announced it. */
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
    choose(places, inFlightOf) {
      const waiting = [...announced].filter((lane) => inFlightOf(lane) < LITTLE);
      announced.clear();
      if (waiting.length === 0) return undefined;
      // The latest first, since those before them may come with the walk.
      const lanes = places > 0 ? waiting.splice(-Math.min(places, LANES_PER_CLAIM)) : [];
      for (const lane of waiting) announced.add(lane);
      const wanted = lanes.reduce((sum, lane) => sum + LITTLE - inFlightOf(lane), 0);
      return { lanes, limit: Math.min(wanted, Math.max(places, 0)) };
    },
  };
}
