import { useLocation, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { type Place, placeAt, usePlaces } from '../data/pages.ts';
import { shortId } from '../format.ts';
import { useText } from '../text/text.tsx';
import { setHere, useHere } from './here.ts';

interface Crumb {
  readonly label: string;
  /** Missing for where one is. */
  readonly to?: Place['to'];
}

/** The way to where one is: the place of the navigation, and the things below it, by the names that the page gives them. */
export function useTrail(): readonly Crumb[] {
  const text = useText();
  const { pathname } = useLocation();
  const shown = useHere();
  const here = shown?.pathname === pathname ? shown : undefined;
  const place = placeAt(usePlaces(), pathname);
  // One's own account is no place of the navigation.
  if (/^\/studio\/account\/?$/.test(pathname)) return [{ label: text.nav.account }];
  if (!place) return [{ label: here?.title ?? text.app }];
  const name = decodeURIComponent(pathname.slice(place.to.length).replace(/\/$/, ''));
  const { label, to } = place;
  if (name === '') return [{ label }];
  const parts = name.split('/');
  const names = here?.names.length ? here.names : [shortId(parts.at(-1) ?? '')];
  const first = parts.length - names.length;
  const below = names.map((each, index) => {
    const isLast = index === names.length - 1;
    const path = parts.slice(0, first + index + 1).map(encodeURIComponent);
    return { label: each, ...(!isLast && { to: `${to}${path.join('/')}/` as Place['to'] }) };
  });
  return [{ label, to }, ...below];
}

/**
 * What the tab of the browser says, and the way at the top of the page.
 * @param names of what the last parts of the address stand for; without any, the last part is shown as it is
 */
export function useTitle(title: string, ...names: readonly string[]): void {
  const { app } = useText();
  const router = useRouter();
  const key = JSON.stringify(names);
  useEffect(() => {
    document.title = `${title} – ${app}`;
    setHere({ pathname: router.state.location.pathname, title, names: JSON.parse(key) as string[] });
    return () => setHere(undefined);
  }, [title, key, app, router]);
}
