import { useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { type Place, placeAt, usePlaces } from '../data/pages.ts';
import { shortId } from '../format.ts';
import { useText } from '../text/text.tsx';

interface Crumb {
  readonly label: string;
  /** Missing for where one is. */
  readonly to?: Place['to'];
}

/** The way to where one is: the place of the navigation, and the one thing of it that is shown. */
export function useTrail(): readonly Crumb[] {
  const text = useText();
  const { pathname } = useLocation();
  const place = placeAt(usePlaces(), pathname);
  // One's own account is no place of the navigation.
  if (/^\/studio\/account\/?$/.test(pathname)) return [{ label: text.nav.account }];
  if (!place) return [{ label: text.app }];
  const name = decodeURIComponent(pathname.slice(place.to.length).replace(/\/$/, ''));
  const { label, to } = place;
  return name === '' ? [{ label }] : [{ label, to }, { label: shortId(name) }];
}

/** What the tab of the browser says. */
export function useTitle(title: string): void {
  const { app } = useText();
  useEffect(() => {
    document.title = `${title} – ${app}`;
  }, [title, app]);
}
