import { useSyncExternalStore } from 'react';
import type { Status } from '../status.ts';
import { useText } from '../text/text.tsx';
import { Icon } from './icon.tsx';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly status: Status;
  readonly link?: { readonly label: string; onSelect(): void };
}

const SHOWN_MS = 8_000;
let toasts: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Says what has happened, for eight seconds; with what it can be taken back by, or where it leads. */
export function say(text: string, { status = 'succeeded', link }: { status?: Status; link?: Toast['link'] } = {}): void {
  last += 1;
  const id = last;
  change([...toasts.slice(-2), { id, text, status, ...(link && { link }) }]);
  setTimeout(() => dismiss(id), SHOWN_MS);
}

function dismiss(id: number): void {
  change(toasts.filter((toast) => toast.id !== id));
}

export function Toasts() {
  const words = useText();
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status">
      {shown.map(({ id, text, status, link }) => (
        <div key={id} className="toast" data-s={status}>
          <Icon name={status} />
          <div>{text}</div>
          {link && (
            <button
              type="button"
              className="btn small"
              onClick={() => {
                dismiss(id);
                link.onSelect();
              }}
            >
              {link.label}
            </button>
          )}
          <button
            type="button"
            className="btn icon-only plain small"
            aria-label={words.close}
            title={words.close}
            onClick={() => dismiss(id)}
          >
            <Icon name="x" />
          </button>
        </div>
      ))}
    </div>
  );
}
