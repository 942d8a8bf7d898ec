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
  if (name === '') return [{ label }];
  const parts = name.split('/');
  const before = parts.slice(0, -1).join('/');
  const last = { label: shortId(parts.at(-1) ?? '') };
  // Of a model there is a list, of its app alone there is no page.
  return parts.length > 2
    ? [{ label, to }, { label: parts.at(-2) ?? '', to: `${to}${before}/` as Place['to'] }, last]
    : [{ label, to }, last];
}

/** What the tab of the browser says. */
export function useTitle(title: string): void {
  const { app } = useText();
  useEffect(() => {
    document.title = `${title} – ${app}`;
  }, [title, app]);
}
