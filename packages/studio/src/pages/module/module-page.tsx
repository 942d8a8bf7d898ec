import { useLocation, useRouter } from '@tanstack/react-router';
import type { Session, StudioHost, StudioModule } from 'automate-client';
import { useEffect, useRef, useState } from 'react';
import { api } from '../../api.ts';
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
    return <Failed words={failure instanceof Error ? failure.message : String(failure)} onRetry={retry} />;
  }
  return <div ref={element} className="stack" />;
}

async function draw(module: string, host: StudioHost) {
  const { default: page } = (await import(/* @vite-ignore */ serverPath(module))) as { default: StudioModule };
  return page(host);
}

function hrefOf(path: string): string {
  return `${mount}studio/${path.replace(/^\/+/, '')}`;
}
