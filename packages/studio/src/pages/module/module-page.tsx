import { useLocation, useRouter } from '@tanstack/react-router';
import type { Session, StudioHost, StudioModule } from 'automate-client';
import { type MouseEvent, useEffect, useRef, useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { mount, serverPath } from '../../base.ts';
import { type Place, placeAt, usePagesQuery } from '../../data/pages.ts';
import { allows, useSession } from '../../data/session.ts';
import { useTitle } from '../../shell/trail.ts';
import { useWords } from '../../text/text.tsx';
import { Failed, NotFound, Unread } from '../../ui/empty.tsx';
import { say } from '../../ui/toast.tsx';

/** A page that a feature draws itself; what no feature has is not there. */
export function ModulePage() {
  const { pathname } = useLocation();
  const { places, error, isKnown, retry } = usePagesQuery();
  const session = useSession().data;
  const place = placeAt(places, pathname);
  if (error && !isKnown) return <Unread error={error} onRetry={retry} />;
  if (!isKnown || !session) return null;
  return place?.module ? <Drawn key={place.path} place={place} module={place.module} session={session} /> : <NotFound />;
}

function Drawn({ place, module, session }: { place: Place; module: string; session: Session }) {
  const element = useRef<HTMLDivElement>(null);
  const { pathname, searchStr } = useLocation();
  const { language } = useWords();
  const router = useRouter();
  const [failure, setFailure] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  useTitle(place.label);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt draws it again
  useEffect(() => {
    const box = element.current;
    if (!box) return;
    const left = new AbortController();
    const host: StudioHost = {
      element: box,
      api,
      fetch: (path, init) => fetch(serverPath(path.replace(/^\/+/, '')), { ...init, credentials: 'same-origin' }),
      session,
      allows: (scope) => allows(session, scope),
      language,
      path: pathname.slice(place.to.length).replace(/\/$/, ''),
      search: new URLSearchParams(searchStr),
      navigate: (path) => void router.navigate({ href: hrefOf(path) }),
      href: hrefOf,
      toast: (message) => say(message),
      title: (text) => {
        document.title = text;
      },
      signal: left.signal,
    };
    let clear: (() => void) | undefined;
    const drawn = draw(module, host).then(
      (given) => {
        if (typeof given === 'function') clear = given;
        if (left.signal.aborted) clear?.();
      },
      (error: unknown) => {
        if (!left.signal.aborted) setFailure(error ?? 'unknown');
      },
    );
    return () => {
      left.abort();
      clear?.();
      void drawn.finally(() => box.replaceChildren());
    };
  }, [place.to, module, session, language, pathname, searchStr, router, attempt]);
  if (failure !== undefined) {
    const retry = () => {
      setFailure(undefined);
      setAttempt((count) => count + 1);
    };
    return <Failed words={wordsOf(failure)} onRetry={retry} />;
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: clicks are those of links, which keys make too
    <div
      ref={element}
      className="stack"
      onClick={(event) => {
        const inside = insideOf(event);
        if (inside === undefined) return;
        event.preventDefault();
        void router.navigate({ href: inside });
      }}
    />
  );
}

async function draw(module: string, host: StudioHost) {
  const { default: page } = (await import(/* @vite-ignore */ serverPath(module))) as { default: StudioModule };
  return page(host);
}

/** Where a link leads that stays within the Studio; the browser is left to all others, and to what people ask of it by other buttons and keys. */
function insideOf(event: MouseEvent): string | undefined {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!link || !isPlain || link.target || link.download || link.origin !== location.origin) return undefined;
  return link.pathname.startsWith(`${mount}studio/`) ? link.pathname + link.search : undefined;
}

function hrefOf(path: string): string {
  return `${mount}studio/${path.replace(/^\/+/, '')}`;
}
