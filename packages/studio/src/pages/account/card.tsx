import type { ReactNode } from 'react';

/** One part of the account. @param name of its heading, for screen readers */
export function Card({ name, title, head, children }: { name: string; title: string; head?: ReactNode; children: ReactNode }) {
  return (
    <section className="card" aria-labelledby={`h-${name}`}>
      <header>
        <h2 id={`h-${name}`}>{title}</h2>
        {head}
      </header>
      <div className="in stack">{children}</div>
    </section>
  );
}
