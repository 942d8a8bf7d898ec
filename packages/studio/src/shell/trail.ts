import { useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { shortId } from '../format.ts';
import { useText } from '../text/text.tsx';
import { type Place, places } from './places.ts';

interface Crumb {
  readonly label: string;
  /** Missing for where one is. */
  readonly path?: Place['path'];
}

/** The way to where one is: the place of the navigation, and the one thing of it that is shown. */
export function useTrail(): readonly Crumb[] {
  const text = useText();
  const { pathname } = useLocation();
  const place = places.find(({ path }) => pathname.startsWith(path));
  if (!place) return [{ label: text.app }];
  const name = decodeURIComponent(pathname.slice(place.path.length).replace(/\/$/, ''));
  const label = place.label(text);
  return name === '' ? [{ label }] : [{ label, path: place.path }, { label: shortId(name) }];
}

/** What the tab of the browser says. */
export function useTitle(title: string): void {
  const { app } = useText();
  useEffect(() => {
    document.title = `${title} – ${app}`;
  }, [title, app]);
}
