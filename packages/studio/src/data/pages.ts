import { queryOptions, useQuery } from '@tanstack/react-query';
import type { StudioPageEntry } from 'automate-client';
import { api } from '../api.ts';
import { useWords } from '../text/text.tsx';
import type { IconName } from '../ui/icon.tsx';
import { icons } from '../ui/icons.tsx';

/** A page that whoever is signed in may open: a line of the navigation, an entry of the palette, and a key after G. */
export interface Place extends Pick<StudioPageEntry, 'path' | 'key' | 'module' | 'group'> {
  /** For links. The pages of features are only known when the server says so. */
  readonly to: '/studio/';
  readonly icon: IconName;
  readonly label: string;
}

export const pagesQuery = queryOptions({
  queryKey: ['pages'],
  queryFn: ({ signal }) => api.studioPages.get({}, { signal }),
  staleTime: 60_000,
});

const NONE: readonly StudioPageEntry[] = [];

/** All pages there are for whoever is signed in, in the order of the navigation. */
export function usePlaces(): readonly Place[] {
  return usePagesQuery().places;
}

export function usePagesQuery() {
  const { language } = useWords();
  const { data, error, refetch } = useQuery(pagesQuery);
  const places = (data?.pages ?? NONE).map(({ path, title, icon, key, module, group }): Place => {
    return {
      path,
      key,
      module,
      group,
      to: toStudio(path),
      icon: icon in icons ? (icon as IconName) : 'box',
      label: title[language] ?? title.en,
    };
  });
  return { places, error, isKnown: data !== undefined, retry: () => void refetch() };
}

/** How much waits on the pages that count it, by their paths. @see MOST_COUNTED */
export function useCounts(): Readonly<Record<string, number>> {
  const { data } = useQuery({
    queryKey: ['page-counts'],
    queryFn: ({ signal }) => api.studioCounts.get({}, { signal }),
    refetchInterval: 15_000,
  });
  return data?.counts ?? NO_COUNTS;
}

const NO_COUNTS: Readonly<Record<string, number>> = {};
/** The server counts no further: it stands for that many or more. */
export const MOST_COUNTED = 100;

/** The address of a page by its path below `/studio/`, as the router takes it. */
export function toStudio(path: string): '/studio/' {
  return `/studio/${path}/`.replace(/\/+$/, '/') as '/studio/';
}

/** The page whose address this is, or is below it. @param pathname from the root of the server's mount */
export function placeAt(places: readonly Place[], pathname: string): Place | undefined {
  return places
    .filter(({ to }) => `${pathname}/`.startsWith(to))
    .reduce<Place | undefined>((best, place) => (best && best.to.length >= place.to.length ? best : place), undefined);
}
