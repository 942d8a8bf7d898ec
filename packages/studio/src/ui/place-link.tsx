import { Link, useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { mount } from '../base.ts';
import { toStudio, usePlaces } from '../data/pages.ts';

interface PlaceLinkProps {
  /** Below `/studio/`, as features name it. */
  readonly path: string;
  /** What the list is narrowed to there. */
  readonly search?: Readonly<Record<string, string>>;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A link to a page, where whoever looks may open it; else only what it says. */
export function PlaceLink({ path, search = {}, className, children }: PlaceLinkProps) {
  const isThere = usePlaces().some((place) => place.path === path);
  if (!isThere) return <span className={className}>{children}</span>;
  return (
    <Link to={toStudio(path)} search={search as never} className={className}>
      {children}
    </Link>
  );
}

/** A link to any address below `/studio/`, as features give it. */
export function StudioHref({
  href,
  className,
  children,
  ...more
}: {
  href: string;
  className?: string;
  children: ReactNode;
  'data-s'?: string | undefined;
}) {
  const router = useRouter();
  const whole = `${mount}studio/${href}`;
  return (
    <a
      {...more}
      href={whole}
      className={className}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        void router.navigate({ href: whole });
      }}
    >
      {children}
    </a>
  );
}
