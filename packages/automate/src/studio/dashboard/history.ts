import { isTimedOut } from '../../db/index.ts';
import { firstIdOf, timeOfId } from '../../kernel/index.ts';

/** What was counted of a part of history. */
export interface Counted<Tally> {
  readonly tally: Tally;
  readonly readAt: number;
}

/** Rows of one tenant that are counted by the time of their ids. */
export interface HistorySource<Tally> {
  readonly partMs: number;
  /** Rows that one statement reads at most. */
  readonly limit: number;
  /** Counts the newest rows from one id to another, which is not among them. */
  read(range: { from: string; to: string; limit: number }): Promise<Chunk<Tally>>;
  empty(): Tally;
  add(sum: Tally, more: Tally): void;
  /** Whether nothing of it changes any more. */
  isFinal(tally: Tally): boolean;
}

export interface Chunk<Tally> {
  readonly tallies: ReadonlyMap<number, Tally>;
  readonly rows: number;
  /** The oldest that was read. */
  readonly lastId: string | undefined;
}

/** Some parts in a row, read from the newest to the oldest in as many turns as it takes. */
interface Walk<Tally> {
  readonly first: number;
  readonly end: number;
  readonly begunAt: number;
  /** Ids from here on are read. */
  to: string;
  /** Parts from here on are counted. */
  reached: number;
  /** Rows that its next statement reads at most. */
  limit: number;
  readonly begun: Map<number, Tally>;
}

/** Rows are stored a moment after their ids are made. */
const SETTLED_MS = 60_000;
const KEPT_MS = 600_000;
const OPEN_MS = 5_000;

/**
 * Counts history by parts, and keeps what does not change any more: whoever looks again pays for what is new. A part that is still open is
 * counted anew, the newest each time. However long history is, a turn reads for its time and no longer; the next one goes on from there.
 */
export class CountedHistory<Tally> {
  readonly parts = new Map<number, Counted<Tally>>();
  #walks: Walk<Tally>[] = [];
  readonly #source: HistorySource<Tally>;

  constructor(source: HistorySource<Tally>) {
    this.#source = source;
  }

  /** Brings parts up to date. @param range.end not among them @param budgetMs how long statements are begun */
  async advance({ first, end }: { first: number; end: number }, now: number, budgetMs: number): Promise<void> {
    for (const part of this.parts.keys()) if (part < first || part >= end) this.parts.delete(part);
    this.#walks = this.#walks.filter((walk) => walk.end > first && walk.end <= end);
    this.#walks.push(...this.#missing(first, end, now));
    const began = performance.now();
    const spent = () => performance.now() - began;
    // Half of the time is for what is newest, which is never done with; then whoever waits longest.
    const newest = this.#walks.findLast((walk) => walk.end === end);
    while (newest && this.#walks.includes(newest) && spent() < budgetMs / 2) await this.#step(newest);
    for (let walk = this.#walks[0]; walk && spent() < budgetMs; walk = this.#walks[0]) await this.#step(walk);
  }

  /** Runs of parts to be read that no walk is going to read already, the newest first. */
  #missing(first: number, end: number, now: number): Walk<Tally>[] {
    const runs: Walk<Tally>[] = [];
    for (let part = end - 1; part >= first; part -= 1) {
      if (!this.#isStale(part, now) || this.#walks.some((walk) => walk.first <= part && part < walk.reached)) continue;
      const before = runs.at(-1);
      if (before?.first === part + 1) runs[runs.length - 1] = { ...before, first: part };
      else runs.push(this.#walkFrom(part, now));
    }
    return runs;
  }

  #walkFrom(part: number, now: number): Walk<Tally> {
    const end = part + 1;
    const { partMs, limit } = this.#source;
    return { first: part, end, begunAt: now, to: firstIdOf(end * partMs), reached: end, limit, begun: new Map() };
  }

  #isStale(part: number, now: number): boolean {
    const counted = this.parts.get(part);
    if (!counted) return true;
    const age = now - counted.readAt;
    const endedAt = (part + 1) * this.#source.partMs;
    if (counted.readAt < endedAt) return true;
    const isSettled = counted.readAt > endedAt + SETTLED_MS && this.#source.isFinal(counted.tally);
    return age > (isSettled ? KEPT_MS : OPEN_MS);
  }

  async #step(walk: Walk<Tally>): Promise<void> {
    const { partMs } = this.#source;
    const { limit } = walk;
    const range = { from: firstIdOf(walk.first * partMs), to: walk.to, limit };
    const { tallies, rows, lastId } = await this.#source.read(range).catch((error: unknown) => {
      // What took too long is tried again with fewer rows. What failed otherwise, as while the database is away, says nothing about their number.
      if (isTimedOut(error)) walk.limit = Math.max(Math.ceil(limit / 2), 1);
      throw error;
    });
    for (const [part, tally] of tallies) {
      const sum = walk.begun.get(part) ?? this.#source.empty();
      this.#source.add(sum, tally);
      walk.begun.set(part, sum);
    }
    const isDone = rows < limit || lastId === undefined;
    const from = isDone ? walk.first : Math.floor(timeOfId(lastId) / partMs) + 1;
    for (let part = from; part < walk.reached; part += 1) {
      this.parts.set(part, { tally: walk.begun.get(part) ?? this.#source.empty(), readAt: walk.begunAt });
      walk.begun.delete(part);
    }
    walk.reached = Math.min(walk.reached, from);
    if (isDone) this.#walks = this.#walks.filter((other) => other !== walk);
    else walk.to = lastId;
  }
}
