import { z } from 'zod';
import type { AppServices, MaybePromise } from '../../api/index.ts';
import { AppError, type Logger } from '../../kernel/index.ts';
import type { Words } from '../../platform/index.ts';
import type { Period } from './periods.ts';

declare module '../../platform/index.ts' {
  interface FeatureParts {
    /** Figures on the dashboard of the Studio. */
    readonly tiles?: readonly DashboardTile[];
  }
}

/**
 * A figure on the dashboard.
 * @example
 * { name: 'open_orders', title: { en: 'Open orders', it: 'Ordini aperti' }, icon: 'box', scope: 'orders:read',
 *   read: async ({ orders }, { tenantId }) => ({ value: await orders.countOpen(tenantId), href: 'orders/?state=open' }) }
 */
export interface DashboardTile {
  /** Lower case letters, digits, `-` and `_`; no other tile has it. */
  readonly name: string;
  readonly title: Words;
  /** Name of an icon of the Studio. */
  readonly icon?: string;
  /** What it takes to see it; without it, whoever may read the dashboard. */
  readonly scope?: string;
  /**
   * Reads it, for one tenant and for whoever looks there in the next seconds; undefined where there is nothing to show. One that takes more
   * than two seconds, or throws, is shown as failed.
   * @param of.signal fires when nobody waits any more
   */
  read(
    services: AppServices,
    of: { readonly tenantId: string; readonly within: Period; readonly signal: AbortSignal },
  ): MaybePromise<TileReading | undefined>;
}

export interface TileReading {
  /** A number is written as the reader's language has it. */
  readonly value: number | string;
  readonly unit?: string;
  readonly tone?: 'good' | 'warning' | 'bad';
  /** A few words below it. */
  readonly note?: Words | string;
  /** Where it leads: a path below `/studio/`. */
  readonly href?: string;
}

const Note = z.union([z.string().max(200), z.object({ en: z.string().max(200), it: z.string().max(200).optional() })]);
const Reading = z.object({
  value: z.union([z.number(), z.string().max(40)]),
  unit: z.string().max(20).optional(),
  tone: z.enum(['good', 'warning', 'bad']).optional(),
  note: Note.optional(),
  href: z
    .string()
    .max(500)
    .regex(/^(?![/\\])[^\s:\\]*(\?\S*)?$/, 'must be a path below /studio/')
    .optional(),
});

/** What a tile shows, or why it shows nothing. */
export type TileState = { readonly reading: z.output<typeof Reading> | undefined } | { readonly error: string };

export interface Tiles {
  readonly all: readonly DashboardTile[];
  /** One that throws, hangs or returns something else is an error, and no more. */
  read(tile: DashboardTile, of: { tenantId: string; within: Period }): Promise<TileState>;
}

const TIMEOUT_MS = 2_000;
const KEPT_MS = 4_000;
const MAXIMUM_KEPT = 5_000;

/**
 * Reads tiles: each once for all who look at it in the next seconds, and never twice at a time.
 * @throws TypeError naming a tile whose name is none, or that two have
 */
export function createTiles(tiles: readonly DashboardTile[], services: () => AppServices, logger: Logger): Tiles {
  requireNames(tiles);
  const kept = new Map<string, { readonly at: number; readonly state: Promise<TileState>; isHanging: boolean }>();

  function begin(key: string, tile: DashboardTile, of: { tenantId: string; within: Period }): Promise<TileState> {
    const ended = new AbortController();
    const { promise: late, resolve } = Promise.withResolvers<TileState>();
    const timer = setTimeout(() => {
      entry.isHanging = true;
      resolve({ error: 'does not answer' });
      ended.abort();
    }, TIMEOUT_MS);
    const read = (async () => ({ reading: readingOf(await tile.read(services(), { ...of, signal: ended.signal })) }))()
      .catch((error: unknown) => {
        logger.warn({ tile: tile.name, error }, 'a tile of the dashboard failed');
        // What else an error says is for the log: it may name hosts, statements and more.
        return { error: AppError.is(error) ? error.message : 'could not be read' };
      })
      .finally(() => {
        clearTimeout(timer);
        // From here on it may be asked again.
        if (entry.isHanging) kept.delete(key);
      });
    const entry = { at: performance.now(), state: Promise.race([read, late]), isHanging: false };
    if (kept.size >= MAXIMUM_KEPT) for (const [name, { isHanging }] of kept) if (!isHanging) kept.delete(name);
    kept.set(key, entry);
    return entry.state;
  }

  return {
    all: tiles,
    async read(tile, of) {
      const key = `${tile.name} ${of.tenantId} ${of.within}`;
      const before = kept.get(key);
      if (before && (before.isHanging || performance.now() - before.at < KEPT_MS)) return before.state;
      return begin(key, tile, of);
    },
  };
}

function readingOf(given: unknown): z.output<typeof Reading> | undefined {
  if (given === undefined) return undefined;
  const { data, error } = Reading.safeParse(given);
  if (!error) return data;
  const [issue] = error.issues;
  throw new TypeError(`what it returned is no reading: ${issue?.path.join('.')} ${issue?.message}`);
}

function requireNames(tiles: readonly DashboardTile[]): void {
  const seen = new Set<string>();
  for (const { name } of tiles) {
    if (!/^[a-z][a-z0-9_-]{0,59}$/.test(name))
      throw new TypeError(`A tile of the dashboard has the name "${name}": it must be lower case letters, digits, "-" and "_".`);
    if (seen.has(name)) throw new TypeError(`Two tiles of the dashboard have the name "${name}".`);
    seen.add(name);
  }
}
