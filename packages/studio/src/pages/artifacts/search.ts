import { type Period, periodNames } from '../../data/periods.ts';
import { oneOf, textsOf } from '../../data/search.ts';
import { type Kind, kindNames } from './kinds.ts';

const MEGABYTE = 1_048_576;

/** From so many bytes on. */
export const sizes = { '1mb': MEGABYTE, '10mb': 10 * MEGABYTE, '100mb': 100 * MEGABYTE } as const;
export type Size = keyof typeof sizes;
export const sizeNames = Object.keys(sizes) as Size[];

/** What the list is narrowed to, and what is open. */
export interface ArtifactsSearch {
  readonly q?: string;
  readonly kind?: Kind;
  readonly size?: Size;
  readonly within?: Period;
  /** Whether something refers to it. */
  readonly used?: 'yes' | 'no';
  readonly open?: string;
}

export function readArtifactsSearch(given: Record<string, unknown>): ArtifactsSearch {
  const kind = oneOf(given.kind, kindNames);
  const size = oneOf(given.size, sizeNames);
  const within = oneOf(given.within, periodNames);
  const used = oneOf(given.used, ['yes', 'no']);
  return {
    ...textsOf(given, ['q', 'open']),
    ...(kind && { kind }),
    ...(size && { size }),
    ...(within && { within }),
    ...(used && { used }),
  };
}
